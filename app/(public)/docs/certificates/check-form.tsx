'use client'

import { useActionState, useEffect, useRef } from 'react'
import { ChainField } from '@/components/certificates/chain-field'
import { ChainReportView } from '@/components/certificates/chain-report'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { RadioCards } from '@/components/ui/radio-cards'
import { SubmitButton } from '@/components/ui/submit-button'
import { fieldErrorsOf, IDLE } from '@/lib/http/form-state'
import { checkChainAction } from './actions'

export function CheckForm() {
  const [state, action] = useActionState(checkChainAction, IDLE)
  const outcome = useRef<HTMLElement>(null)
  const errors = fieldErrorsOf(state)

  useEffect(() => {
    if (state.status === 'done') outcome.current?.focus()
  }, [state])

  return (
    <div className="flex flex-col gap-8">
      <form action={action} className="flex flex-col gap-4">
        <FormErrorSummary message={state.status === 'invalid' ? state.message : undefined} errors={errors} />
        <ChainField error={errors.chain} />
        <RadioCards
          name="environment"
          legend="Trusted roots"
          defaultValue="sandbox"
          error={errors.environment}
          columns={2}
          options={[
            { value: 'sandbox', label: 'Sandbox', description: 'Roots that count for trying out.' },
            { value: 'production', label: 'Production', description: 'Roots that count for real accounts.' },
          ]}
        />
        <SubmitButton className="self-start">Check chain</SubmitButton>
      </form>
      {state.status === 'done' ? (
        <section ref={outcome} tabIndex={-1} aria-label="Report" className="-outline-offset-2">
          <ChainReportView {...state.result} />
        </section>
      ) : null}
    </div>
  )
}
