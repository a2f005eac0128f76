'use client'

import { type ReactNode, useActionState } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { ConfirmDialog, type ConfirmDialogProps } from '@/components/ui/confirm-dialog'
import { type FormState, IDLE } from '@/lib/http/form-state'
import type { Action } from './action-form'

export type ConfirmActionProps<T> = Omit<ConfirmDialogProps, 'action' | 'error' | 'children'> & {
  action: Action<T>
  children: ReactNode
}

/** A dangerous act: the dialog that says what stops working, its refusals inside it, step-up in place. */
export function ConfirmAction<T>({ action, controls, ...dialog }: ConfirmActionProps<T>) {
  const [state, dispatch] = useActionState<FormState<T>, FormData>(action, IDLE)
  const words = state.status === 'invalid' ? [state.message, ...Object.values(state.fieldErrors).flat()] : []
  const error = words.filter(Boolean).join(' ') || undefined
  return (
    <ConfirmDialog
      {...dialog}
      action={dispatch}
      error={error}
      isWaiting={state.status === 'step-up'}
      controls={
        <>
          {controls}
          <StepUpDialog state={state} />
        </>
      }
    />
  )
}
