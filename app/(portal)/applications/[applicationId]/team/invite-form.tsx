'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { SubmitButton } from '@/components/ui/submit-button'
import { ActionForm } from '../../../action-form'
import { inviteMemberAction } from './actions'
import { type RoleOption, RoleSelect } from './role-select'

export function InviteForm({ applicationId, roles }: { applicationId: string; roles: RoleOption[] }) {
  return (
    <ActionForm action={inviteMemberAction} fields={{ applicationId }} className="max-w-form">
      {({ state, values, errors }) => (
        <>
          <Field
            name="email"
            label="E-mail"
            hint="Gets a link that works once, for seven days. Who has no account yet makes one on the way."
            error={errors.email}
          >
            <Input type="email" required maxLength={254} autoComplete="off" defaultValue={values.email} />
          </Field>
          <RoleSelect options={roles} chosen={values.role} error={errors.role} />
          <div className="flex flex-wrap items-center gap-4">
            <SubmitButton>Invite</SubmitButton>
            <p role="status" className="text-success-text">
              {state.status === 'done' ? `Sent to ${state.result.email}.` : ''}
            </p>
          </div>
        </>
      )}
    </ActionForm>
  )
}
