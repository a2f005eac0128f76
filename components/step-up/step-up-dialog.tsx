'use client'

import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { Button } from '@/components/ui/button'
import { Link } from '@/components/ui/link'
import { Notice } from '@/components/ui/notice'
import { useHydrated } from '@/components/use-hydrated'
import { type FormState, isOfPerson } from '@/lib/http/form-state'
import { loadStepUpAction, type StepUpChoices } from './actions'
import { StepUpForms } from './step-up-forms'

/**
 * Stands inside a form whose action may answer `step-up`, and has that form's state. It keeps what was submitted, passwords
 * too, in this page's memory alone, asks in a dialog, and has the form submit the same once more. What was sent before scripts
 * ran is gone with its page: it is sent again where the form still says the same, and otherwise the person is asked to press
 * again. Without scripts it is a link to the page that asks.
 */
export function StepUpDialog({ state }: { state: FormState<unknown> }) {
  const t = useTranslations('StepUp')
  const id = useId()
  const pathname = usePathname()
  const marker = useRef<HTMLSpanElement>(null)
  const dialog = useRef<HTMLDialogElement>(null)
  const notice = useRef<HTMLDivElement>(null)
  const submitted = useRef<FormData | null>(null)
  const repeated = useRef<FormData | null>(null)
  const isOwed = useRef(false) // one proof submits once, however often it is told of
  const [choices, setChoices] = useState<StepUpChoices | 'loading' | 'failed'>('loading')
  const [isToPressAgain, setToPressAgain] = useState(false)
  const hydrated = useHydrated()
  const asked = state.status === 'step-up'

  // Before the browser is heard again: a press may wait for the page already.
  useLayoutEffect(() => {
    const form = marker.current?.closest('form')
    if (!form) return
    function keep(event: SubmitEvent) {
      if (event.target !== form) return
      isOwed.current = false // a proof that is still under way was for what was sent before
      submitted.current = new FormData(form as HTMLFormElement, event.submitter)
    }
    // React has emptied the fields by now.
    function fillIn({ formData }: FormDataEvent) {
      if (!repeated.current) return
      for (const name of [...formData.keys()]) formData.delete(name)
      for (const [name, value] of repeated.current) formData.append(name, value)
    }
    form.addEventListener('submit', keep, { capture: true })
    form.addEventListener('formdata', fillIn)
    return () => {
      form.removeEventListener('submit', keep, { capture: true })
      form.removeEventListener('formdata', fillIn)
    }
  }, [])

  // Each refusal is a new state object, so a second one opens the dialog again. One that came with the page waits for the dialog.
  useEffect(() => {
    if (!hydrated) return
    setToPressAgain(false)
    if (state.status !== 'step-up') {
      isOwed.current = false
      if (state.status === 'done') submitted.current = null
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

  useEffect(() => {
    if (isToPressAgain) notice.current?.focus()
  }, [isToPressAgain])

  /** Whoever turns away has not asked for it, even if a proof that is under way succeeds. */
  function cancel() {
    isOwed.current = false
    dialog.current?.close()
  }

  /** By way of the form, so that its buttons know that it is under way. */
  function goOn() {
    dialog.current?.close()
    const form = marker.current?.closest('form')
    if (!form || !isOwed.current || state.status !== 'step-up') return
    isOwed.current = false
    const data = submitted.current ?? sameAsSubmitted(form, state)
    if (!data) return setToPressAgain(true)
    const { noValidate } = form
    form.noValidate = true
    repeated.current = data
    form.requestSubmit()
    repeated.current = null
    form.noValidate = noValidate
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
      {isToPressAgain ? (
        <div ref={notice} tabIndex={-1}>
          <Notice meaning="info" role="status">
            {t('pressAgain')}
          </Notice>
        </div>
      ) : null}
      {hydrated
        ? createPortal(
            <dialog
              ref={dialog}
              aria-labelledby={`${id}-title`}
              className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-md border border-line bg-surface p-0 text-left text-body text-ink shadow-overlay open:enter"
              // React sees these through the portal as the form's own.
              onSubmit={(event) => event.stopPropagation()}
              onCancel={cancel}
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
                <Button variant="ghost" className="self-start" onClick={cancel}>
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

/** What a form says, if that is what was submitted before its page was drawn anew; null where something is, or may be, different. */
function sameAsSubmitted(form: HTMLFormElement, state: FormState<unknown>): FormData | null {
  if (state.status !== 'step-up' || !state.isWhole) return null
  const data = new FormData(form)
  for (const [name, value] of Object.entries(state.values)) {
    const isButton = (element: Element) =>
      element instanceof HTMLButtonElement && element.name === name && element.value === value
    if (!data.has(name) && [...form.elements].some(isButton)) data.set(name, value)
  }
  const names = new Set([...data.keys(), ...Object.keys(state.values)].filter(isOfPerson))
  const isSame = (name: string) => {
    // A file that was not chosen is an empty one.
    const said = data.getAll(name).filter((value) => typeof value === 'string' || value.size > 0)
    return inOneText(said) === inOneText([state.values[name]].filter((value) => value !== undefined))
  }
  return [...names].every(isSame) ? data : null
}

/** Of a field that comes more than once, each value on a line, as the answer has them; a file is like nothing else. */
function inOneText(values: FormDataEntryValue[]): string | symbol {
  if (!values.every((value) => typeof value === 'string')) return Symbol('file')
  return values.join('\n').replace(/\r\n?/g, '\n')
}
