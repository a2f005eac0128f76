'use client'

import { type ReactNode, useActionState, useRef } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { mergeClasses } from '@/components/ui/merge-classes'
import { Notice } from '@/components/ui/notice'
import { type FormState, fieldErrorsOf, IDLE, valuesOf } from '@/lib/http/form-state'
import { useDraft } from './use-draft'

export type Action<T> = (previous: FormState<T>, form: FormData) => Promise<FormState<T>>

export type FormView<T> = {
  state: FormState<T>
  /** What was typed, after an error. */
  values: Record<string, string>
  errors: Record<string, string[]>
}

export type ActionFormProps<T> = {
  action: Action<T>
  /** Hidden fields. */
  fields?: Record<string, string>
  className?: string
  /** In place of the form once it has succeeded. */
  whenDone?: (result: T) => ReactNode
  children: (view: FormView<T>) => ReactNode
}

/** A form of the portal: errors on top and by field, what was typed kept, step-up in place. Works before scripts load. */
export function ActionForm<T>({ action, fields, className, whenDone, children }: ActionFormProps<T>) {
  const [state, dispatch] = useActionState<FormState<T>, FormData>(action, IDLE)
  const form = useRef<HTMLFormElement>(null)
  const draft = useDraft(form, state)
  if (state.status === 'done' && whenDone) return whenDone(state.result)
  const errors = fieldErrorsOf(state)
  return (
    <form ref={form} action={dispatch} className={mergeClasses('flex flex-col gap-6', className)}>
      <FormErrorSummary message={state.status === 'invalid' ? state.message : undefined} errors={errors} />
      {draft.isRestored ? (
        <Notice meaning="info" role="status">
          You were signed out before this was sent. What you typed is here again.
        </Notice>
      ) : null}
      {Object.entries({ ...fields, ...draft.fields }).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children({ state, values: valuesOf(state), errors })}
      <StepUpDialog state={state} />
    </form>
  )
}
