'use client'

import { useActionState } from 'react'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { RadioCards } from '@/components/ui/radio-cards'
import { SubmitButton } from '@/components/ui/submit-button'
import { formatIban } from '@/lib/core/iban'
import { fieldErrorsOf, IDLE, valuesOf } from '@/lib/http/form-state'
import { startSelfConnectionAction } from './actions'

type ConnectFormProps = {
  applicationId: string
  environment: string
  accounts: { id: string; name: string; iban: string; currency: string; customerName: string }[]
}

export function ConnectForm({ applicationId, environment, accounts }: ConnectFormProps) {
  const [state, action] = useActionState(startSelfConnectionAction, IDLE)
  const errors = fieldErrorsOf(state)
  return (
    <form action={action} className="flex flex-col gap-6">
      <FormErrorSummary message={state.status === 'invalid' ? state.message : undefined} errors={errors} />
      <input type="hidden" name="applicationId" value={applicationId} />
      <input type="hidden" name="environment" value={environment} />
      <RadioCards
        name="accountId"
        legend="Which account?"
        hint="One connection reaches one account. You can revoke it at any moment."
        defaultValue={valuesOf(state).accountId ?? accounts[0]?.id}
        error={errors.accountId}
        options={accounts.map((account) => ({
          value: account.id,
          label: account.name,
          description: `${formatIban(account.iban)} · ${account.currency} · ${account.customerName}`,
        }))}
      />
      <div>
        <SubmitButton>Show the code</SubmitButton>
      </div>
    </form>
  )
}
