'use client'

import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { startTransition, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { Button } from '@/components/ui/button'
import { Link } from '@/components/ui/link'
import { Notice } from '@/components/ui/notice'
import { useHydrated } from '@/components/use-hydrated'
import type { FormState } from '@/lib/http/form-state'
import { loadStepUpAction, type StepUpChoices } from './actions'
import { StepUpForms } from './step-up-forms'

export type StepUpDialogProps = {
  /** Of the form that this stands in. */
  state: FormState<unknown>
  /** The dispatch of that form's useActionState: called again with what was submitted, once the person has proved themselves. */
  action: (form: FormData) => void
}

/**
 * Stands inside a form whose action may answer `step-up`. It keeps what was submitted, passwords too, in this page's memory
 * alone, asks in a dialog, and submits the same once more. Without scripts it is a link to the page that asks.
 */
export function StepUpDialog({ state, action }: StepUpDialogProps) {
  const t = useTranslations('StepUp')
  const id = useId()
  const pathname = usePathname()
  const marker = useRef<HTMLSpanElement>(null)
  const dialog = useRef<HTMLDialogElement>(null)
  const submitted = useRef<FormData | null>(null)
  const isOwed = useRef(false) // one proof submits once, however often it is told of
  const [choices, setChoices] = useState<StepUpChoices | 'loading' | 'failed'>('loading')
  const hydrated = useHydrated()
  const asked = state.status === 'step-up'

  // Before the browser is heard again: a press may wait for the page already.
  useLayoutEffect(() => {
    const form = marker.current?.closest('form')
    if (!form) return
    function keep(event: SubmitEvent) {
      if (event.target === form) submitted.current = new FormData(form as HTMLFormElement, event.submitter)
    }
    form.addEventListener('submit', keep, { capture: true })
    return () => form.removeEventListener('submit', keep, { capture: true })
  }, [])

  // Each refusal is a new state object, so a second one opens the dialog again. One that came with the page waits for the dialog.
  useEffect(() => {
    if (!hydrated) return
    if (state.status !== 'step-up') {
      dialog.current?.close()
      return
    }
    isOwed.current = true
    setChoices('loading')
    dialog.current?.showModal()
    loadStepUpAction().then(
      (loaded) => setChoices(loaded ?? 'failed'),
      () => setChoices('failed'),
    )
  }, [state, hydrated])

  /** What was sent before scripts ran is gone with its page: what the form says, and what the answer says of the rest. */
  function submittedBefore(): FormData | null {
    const form = marker.current?.closest('form')
    if (!form || state.status !== 'step-up') return null
    const data = new FormData(form)
    for (const [name, value] of Object.entries(state.values)) if (!data.has(name)) data.set(name, value)
    return data
  }

  function goOn() {
    dialog.current?.close()
    const form = submitted.current ?? submittedBefore()
    if (!form || !isOwed.current) return
    isOwed.current = false
    startTransition(() => action(form))
  }

  return (
    <>
      <span ref={marker} hidden />
      {asked && !hydrated ? (
        <Notice meaning="warning" role="alert">
          <Link className="link" href={`/step-up?return_to=${encodeURIComponent(pathname)}`}>
            {t('openPage')}
          </Link>
        </Notice>
      ) : null}
      {hydrated
        ? createPortal(
            <dialog
              ref={dialog}
              aria-labelledby={`${id}-title`}
              className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-md border border-line bg-surface p-0 text-left text-body text-ink shadow-overlay open:enter"
              // React sees these through the portal as the form's own.
              onSubmit={(event) => event.stopPropagation()}
            >
              <div className="flex flex-col gap-5 p-5 sm:p-6">
                <header className="flex flex-col gap-1">
                  <h2 id={`${id}-title`} className="text-h3">
                    {t('title')}
                  </h2>
                  <p className="text-muted">{t('purpose')}</p>
                </header>
                {choices === 'loading' ? <p role="status">{t('loading')}</p> : null}
                {choices === 'failed' ? (
                  <Notice meaning="danger" role="alert">
                    {t('failed')}
                  </Notice>
                ) : null}
                {typeof choices === 'object' ? <StepUpForms methods={choices.methods} onDone={goOn} /> : null}
                <Button variant="ghost" className="self-start" onClick={() => dialog.current?.close()}>
                  {t('cancel')}
                </Button>
              </div>
            </dialog>,
            document.body,
          )
        : null}
    </>
  )
}
