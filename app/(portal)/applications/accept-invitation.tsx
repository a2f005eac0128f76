'use client'

import { type ReactNode, useActionState } from 'react'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { SubmitButton } from '@/components/ui/submit-button'
import { IDLE } from '@/lib/http/form-state'
import { acceptInvitationAction } from './invitation-actions'

type AcceptInvitationProps = {
  /** The link's token, or, where the address is one's own, the invitation. */
  fields: Record<string, string>
  /** Above what went wrong. */
  problem?: string
  pendingLabel?: string
  children: ReactNode
}

/** One button; who joins goes on to the application, who waits for the inviter sees that on the page. */
export function AcceptInvitation({ fields, problem, pendingLabel, children }: AcceptInvitationProps) {
  const [state, action] = useActionState(acceptInvitationAction, IDLE)
  return (
    <form action={action} className="flex flex-col gap-3">
      <FormErrorSummary title={problem} message={state.status === 'invalid' ? state.message : undefined} />
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <SubmitButton pendingLabel={pendingLabel} className="self-start">
        {children}
      </SubmitButton>
    </form>
  )
}
