'use client'

import { type MouseEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useFormStatus } from 'react-dom'
import { Button, type ButtonStyle } from './button'
import { Field } from './field'
import { Input } from './input'
import { invoker } from './invoker'
import { Notice } from './notice'
import { SubmitButton } from './submit-button'

export type ConfirmDialogProps = {
  /** Opens by itself at an address that ends in `#` and this; without scripts that leads to its button. */
  anchor?: string
  /** Words on the button that opens it. */
  trigger: ReactNode
  triggerVariant?: ButtonStyle['variant']
  triggerSize?: ButtonStyle['size']
  /** A question, naming the thing: "Revoke the connection to Shop?". */
  title: ReactNode
  /** What stops working, with counts and last use. */
  children: ReactNode
  /** The verb: "Revoke connection". */
  confirmLabel: string
  /** The safe choice, which has the focus: "Keep it". */
  cancelLabel: string
  confirmVariant?: 'danger' | 'primary'
  /** Server action, the dispatch of useActionState, or an address to post to. */
  action: string | ((form: FormData) => void | Promise<void>)
  /** Hidden fields of the form. */
  fields?: Record<string, string>
  /** More controls, between the words and the buttons. */
  controls?: ReactNode
  /** Only for what cannot be undone: the person types this; it is posted as `confirmation`. */
  typed?: { label: ReactNode; value: string }
  /** Why the last try was refused; the dialog then stays open. */
  error?: string
  /** Something in `controls` waits for the person, such as a fresh proof: the dialog stays open until that is over. */
  isWaiting?: boolean
}

/**
 * The pattern for a dangerous act; it holds a form, so it stands outside any other. A native dialog: it traps the focus,
 * opens before scripts have loaded, and injects no style elements, which the content security policy forbids.
 */
export function ConfirmDialog({
  anchor,
  trigger,
  triggerVariant = 'secondary',
  triggerSize,
  title,
  children,
  confirmLabel,
  cancelLabel,
  confirmVariant = 'danger',
  action,
  fields,
  controls,
  typed,
  error,
  isWaiting = false,
}: ConfirmDialogProps) {
  const id = useId()
  // Without scripts the form's answer is a new page: what it has to say must not lie in a closed dialog.
  const [startsOpen] = useState(isWaiting || Boolean(error))
  const dialog = useRef<HTMLDialogElement>(null)
  const cancel = useRef<HTMLButtonElement>(null)

  function open(event: MouseEvent) {
    event.preventDefault() // of the button's own command, which serves where scripts have not loaded
    if (dialog.current?.open && !dialog.current.matches(':modal')) dialog.current.close()
    show(dialog.current, cancel.current)
  }

  useEffect(() => {
    if (!anchor || location.hash !== `#${anchor}`) return
    // Once: a reload shows the page as it is.
    history.replaceState(history.state, '', location.pathname + location.search)
    show(dialog.current, cancel.current)
  }, [anchor])

  return (
    <>
      <Button
        id={anchor}
        variant={triggerVariant}
        size={triggerSize}
        aria-haspopup="dialog"
        onClick={open}
        {...invoker('show-modal', id)}
      >
        {trigger}
      </Button>
      <dialog
        ref={dialog}
        id={id}
        open={startsOpen}
        role="alertdialog"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-body`}
        className="m-auto max-h-[calc(100dvh-2rem)] w-[min(30rem,calc(100vw-2rem))] overflow-y-auto rounded-md border border-line bg-surface p-0 text-left text-body font-normal whitespace-normal text-ink shadow-overlay open:enter [&:not(:modal)]:fixed [&:not(:modal)]:inset-0 [&:not(:modal)]:z-50"
      >
        <form action={action} className="flex flex-col gap-4 p-5 sm:p-6">
          {Object.entries(fields ?? {}).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <h2 id={`${id}-title`} className="text-h3 break-words">
            {title}
          </h2>
          <div id={`${id}-body`} className="flex flex-col gap-2">
            {children}
          </div>
          {error ? (
            <Notice meaning="danger" role="alert">
              {error}
            </Notice>
          ) : null}
          {controls}
          {typed ? (
            <Field name="confirmation" id={`${id}-typed`} label={typed.label}>
              <Input
                required
                pattern={escapePattern(typed.value)}
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
              />
            </Field>
          ) : null}
          <div className="mt-2 flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
            <Button
              ref={cancel}
              variant="secondary"
              autoFocus
              className="max-sm:w-full"
              onClick={(event) => {
                event.preventDefault()
                dialog.current?.close()
              }}
              {...invoker('close', id)}
            >
              {cancelLabel}
            </Button>
            <SubmitButton variant={confirmVariant} className="max-sm:w-full">
              {confirmLabel}
            </SubmitButton>
          </div>
          <CloseWhenDone dialog={dialog} isDone={!error && !isWaiting} />
        </form>
      </dialog>
    </>
  )
}

/** The safe choice has the focus, and the question is read first, also where both do not fit on the screen. */
function show(dialog: HTMLDialogElement | null, cancel: HTMLElement | null) {
  if (!dialog?.open) dialog?.showModal()
  cancel?.focus({ preventScroll: true })
  dialog?.scrollTo(0, 0)
}

function CloseWhenDone({ dialog, isDone }: { dialog: { current: HTMLDialogElement | null }; isDone: boolean }) {
  const { pending } = useFormStatus()
  const was = useRef(false)
  useEffect(() => {
    if (was.current && !pending && isDone) dialog.current?.close()
    was.current = pending
  }, [pending, isDone, dialog])
  return null
}

// The browser reads the pattern with the v flag, where escaping anything but these is an error.
function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
