'use client'

import { useTranslations } from 'next-intl'
import { RadioCards } from '@/components/ui/radio-cards'
import type { AccountChoice as Choice } from '@/lib/dispositions/schema'

export type AccountChoiceProps = { accounts: Choice[]; value: string | null; onChange: (accountId: string) => void }

export function AccountChoice({ accounts, value, onChange }: AccountChoiceProps) {
  const t = useTranslations('Wallet.approval')
  return (
    <div onChange={(event) => onChange((event.target as HTMLInputElement).value)}>
      <RadioCards
        name="account"
        legend={t('account')}
        defaultValue={value ?? undefined}
        options={accounts.map((account) => ({
          value: account.id,
          label: account.name,
          description: t('accountOwner', {
            customer: account.customerName,
            iban: account.ibanMasked,
            currency: account.currency,
          }),
        }))}
      />
    </div>
  )
}
