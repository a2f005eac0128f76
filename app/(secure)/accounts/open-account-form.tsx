'use client'

import { useActionState } from 'react'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import type { Account } from '@/lib/customers/schema'
import { type FormState, IDLE } from '@/lib/http/form-state'
import { openAccountAction } from './actions'

export function OpenAccountForm({ label, pendingLabel }: { label: string; pendingLabel: string }) {
  const [state, dispatch] = useActionState<FormState<Account>, FormData>(openAccountAction, IDLE)
  return (
    <form action={dispatch} className="flex flex-col items-start gap-3">
      {state.status === 'invalid' ? (
        <Notice meaning="danger" role="alert">
          {state.message}
        </Notice>
      ) : null}
      <SubmitButton variant="secondary" pendingLabel={pendingLabel}>
        {label}
      </SubmitButton>
    </form>
  )
}
