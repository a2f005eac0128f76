'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import { SubmitButton } from '@/components/ui/submit-button'
import { Textarea } from '@/components/ui/textarea'
import { ActionForm } from '../../action-form'
import { registerApplicationAction } from '../actions'
import { LogoField } from '../logo-field'
import { ProfileCards } from '../profile-cards'

export function RegisterForm() {
  return (
    <ActionForm action={registerApplicationAction} className="max-w-form">
      {({ values, errors }) => (
        <>
          <Field
            name="name"
            label="Name"
            hint="Account owners read it when they are asked. 80 characters or fewer."
            error={errors.name}
          >
            <Input required maxLength={80} defaultValue={values.name} autoComplete="off" />
          </Field>
          <Field
            name="description"
            label="Description"
            note="optional"
            hint="One or two sentences: what it does for them."
            error={errors.description}
          >
            <Textarea maxLength={500} rows={3} defaultValue={values.description} />
          </Field>
          <LogoField error={errors.logo} />
          <ProfileCards chosen={values.profile ?? 'standard'} error={errors.profile} />
          <Field
            name="callback"
            label="Callback"
            note="optional, you can add more later"
            hint="Where people come back to, for example https://shop.example/callback. Plain http for localhost alone."
            error={errors.callback}
          >
            <Input inputMode="url" autoComplete="off" spellCheck={false} defaultValue={values.callback} />
          </Field>
          <div className="flex flex-wrap gap-3">
            <SubmitButton>Register application</SubmitButton>
            <LinkButton href="/applications" variant="ghost">
              Cancel
            </LinkButton>
          </div>
        </>
      )}
    </ActionForm>
  )
}
