'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useActionState, useEffect } from 'react'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { IDLE } from '@/lib/http/form-state'
import { cancelDispositionAction } from './actions'

/** Withdraws; where the device was faster the page shows how it ended instead. */
export function CancelForm({ dispositionId }: { dispositionId: string }) {
  const [state, action] = useActionState(cancelDispositionAction, IDLE)
  const queryClient = useQueryClient()

  useEffect(() => {
    if (state.status !== 'idle') void queryClient.invalidateQueries({ queryKey: ['disposition', dispositionId] })
  }, [state, queryClient, dispositionId])

  return (
    <form action={action} className="flex flex-col items-start gap-3">
      <input type="hidden" name="id" value={dispositionId} />
      {state.status === 'invalid' ? (
        <Notice meaning="warning" role="alert">
          {state.message}
        </Notice>
      ) : null}
      <SubmitButton variant="secondary">Cancel this request</SubmitButton>
    </form>
  )
}
