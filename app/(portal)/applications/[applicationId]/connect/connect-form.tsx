'use client'

import { ActionForm } from '@/app/(portal)/action-form'
import { RadioCards } from '@/components/ui/radio-cards'
import { SubmitButton } from '@/components/ui/submit-button'
import { formatIban } from '@/lib/core/iban'
import { startSelfConnectionAction } from './actions'

type ConnectFormProps = {
  applicationId: string
  environment: string
  accounts: { id: string; name: string; iban: string; currency: string; customerName: string }[]
}

export function ConnectForm({ applicationId, environment, accounts }: ConnectFormProps) {
  return (
    <ActionForm action={startSelfConnectionAction} fields={{ applicationId, environment }}>
      {({ values, errors }) => (
        <>
          <RadioCards
            name="accountId"
            legend="Which account?"
            hint="One connection reaches one account. You can revoke it at any moment."
            defaultValue={values.accountId ?? accounts[0]?.id}
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
        </>
      )}
    </ActionForm>
  )
}
