'use client'

import { useActionState, useEffect, useRef } from 'react'
import { ChainField } from '@/components/certificates/chain-field'
import { ChainReportView } from '@/components/certificates/chain-report'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { SubmitButton } from '@/components/ui/submit-button'
import { fieldErrorsOf, IDLE } from '@/lib/http/form-state'
import { checkChainAction } from './actions'

export function CheckForm() {
  const [state, action] = useActionState(checkChainAction, IDLE)
  const form = useRef<HTMLFormElement>(null)
  const outcome = useRef<HTMLElement>(null)
  const errors = fieldErrorsOf(state)

  // React empties a form after its action; what was checked stays, text and file, to be mended and checked again.
  useEffect(() => {
    const keep = (event: Event) => event.preventDefault()
    const element = form.current
    element?.addEventListener('reset', keep)
    return () => element?.removeEventListener('reset', keep)
  }, [])

  useEffect(() => {
    if (state.status === 'done') outcome.current?.focus()
  }, [state])

  return (
    <div className="flex flex-col gap-8">
      <form ref={form} action={action} className="flex flex-col gap-4">
        <FormErrorSummary message={state.status === 'invalid' ? state.message : undefined} errors={errors} />
        <ChainField error={errors.chain} />
        <SubmitButton className="self-start">Check chain</SubmitButton>
      </form>
      {state.status === 'done' ? (
        <section ref={outcome} tabIndex={-1} aria-label="Report" className="-outline-offset-2">
          <ChainReportView report={state.result.report} at={state.result.at} />
        </section>
      ) : null}
    </div>
  )
}
