'use client'

import { useEffect, useState } from 'react'
import { ChainField } from '@/components/certificates/chain-field'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { SubmitButton } from '@/components/ui/submit-button'
import { type FormState, fieldErrorsOf } from '@/lib/http/form-state'
import { takeChain } from '../kept-chain'

export type ChainFormProps = {
  action: (form: FormData) => void
  state: FormState<unknown>
  fields: Record<string, string>
  /** A text offered in place of the one there, once it is asked for. */
  given?: string
}

/** The chain that is to be checked; one that was made on another page is brought along. */
export function ChainForm({ action, state, fields, given }: ChainFormProps) {
  const [kept, setKept] = useState<string | null>(null)
  useEffect(() => {
    const taken = takeChain()
    if (taken !== null) setKept(taken)
  }, [])
  const errors = fieldErrorsOf(state)
  return (
    <form action={action} className="flex flex-col gap-4">
      <FormErrorSummary message={state.status === 'invalid' ? state.message : undefined} errors={errors} />
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <ChainField fileName="file" given={given ?? kept} error={errors.chain ?? errors.file} />
      <div>
        <SubmitButton pendingLabel="Checking…">Check chain</SubmitButton>
      </div>
    </form>
  )
}
