'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import { SubmitButton } from '@/components/ui/submit-button'
import { ActionForm } from '../../action-form'
import { createBusinessAction } from '../actions'

export function CreateBusinessForm() {
  return (
    <ActionForm action={createBusinessAction} className="max-w-form">
      {({ values, errors }) => (
        <>
          <Field
            name="name"
            label="Legal name"
            hint="As it is registered. Account owners see it once the institution has verified it."
            error={errors.name}
          >
            <Input required maxLength={80} autoComplete="organization" defaultValue={values.name} />
          </Field>
          <div className="flex flex-wrap gap-3">
            <SubmitButton>Create business</SubmitButton>
            <LinkButton href="/customers" variant="ghost">
              Cancel
            </LinkButton>
          </div>
        </>
      )}
    </ActionForm>
  )
}
