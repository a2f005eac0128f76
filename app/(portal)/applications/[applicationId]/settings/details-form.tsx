'use client'

import { Checkbox } from '@/components/ui/checkbox'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { SubmitButton } from '@/components/ui/submit-button'
import { Textarea } from '@/components/ui/textarea'
import { ActionForm } from '../../../action-form'
import { LogoField } from '../../logo-field'
import { updateApplicationAction } from './actions'

export type DetailsFormProps = { applicationId: string; name: string; description: string; hasLogo: boolean }

export function DetailsForm({ applicationId, name, description, hasLogo }: DetailsFormProps) {
  return (
    <ActionForm action={updateApplicationAction} fields={{ applicationId }} className="max-w-form">
      {({ state, values, errors }) => (
        <>
          <Field name="name" label="Name" hint="Account owners read it when they are asked." error={errors.name}>
            <Input required maxLength={80} defaultValue={values.name ?? name} autoComplete="off" />
          </Field>
          <Field name="description" label="Description" note="optional" error={errors.description}>
            <Textarea maxLength={500} rows={3} defaultValue={values.description ?? description} />
          </Field>
          <LogoField
            error={errors.logo}
            hint={
              hasLogo
                ? 'PNG, JPEG or WebP, 512 KiB or less. Replaces the one there is.'
                : 'PNG, JPEG or WebP, 512 KiB or less.'
            }
          />
          {hasLogo ? <Checkbox name="removeLogo" label="Remove the logo" /> : null}
          <div className="flex flex-wrap items-center gap-4">
            <SubmitButton>Save changes</SubmitButton>
            <p role="status" className="text-success-text">
              {state.status === 'done' ? 'Saved.' : ''}
            </p>
          </div>
        </>
      )}
    </ActionForm>
  )
}
