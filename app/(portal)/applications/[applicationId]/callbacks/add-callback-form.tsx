'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { SubmitButton } from '@/components/ui/submit-button'
import type { Environment } from '@/lib/core/secrets'
import { ActionForm } from '../../../action-form'
import { addCallbackAction } from './actions'

export type AddCallbackFormProps = { applicationId: string; environment: Environment }

export function AddCallbackForm({ applicationId, environment }: AddCallbackFormProps) {
  return (
    <ActionForm action={addCallbackAction} fields={{ applicationId, environment }} className="max-w-form gap-4">
      {({ state, values, errors }) => (
        <>
          <Field
            name="url"
            label="New callback"
            hint="https://…, without query and fragment. Plain http for localhost alone."
            error={errors.url}
          >
            <Input required inputMode="url" autoComplete="off" spellCheck={false} defaultValue={values.url} />
          </Field>
          <div className="flex flex-wrap items-center gap-4">
            <SubmitButton>Add callback</SubmitButton>
            <p role="status" className="text-success-text">
              {state.status === 'done' ? 'Added.' : ''}
            </p>
          </div>
        </>
      )}
    </ActionForm>
  )
}
