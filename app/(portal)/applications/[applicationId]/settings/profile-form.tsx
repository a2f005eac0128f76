'use client'

import { SubmitButton } from '@/components/ui/submit-button'
import type { Profile } from '@/lib/applications/schema'
import type { Environment } from '@/lib/core/secrets'
import { ActionForm } from '../../../action-form'
import { ProfileCards } from '../../profile-cards'
import { changeProfileAction } from './actions'

export type ProfileFormProps = { applicationId: string; environment: Environment; profile: Profile }

export function ProfileForm({ applicationId, environment, profile }: ProfileFormProps) {
  return (
    <ActionForm action={changeProfileAction} fields={{ applicationId, environment }} className="max-w-form">
      {({ state, values, errors }) => (
        <>
          <ProfileCards chosen={values.profile ?? profile} error={errors.profile} />
          <div className="flex flex-wrap items-center gap-4">
            <SubmitButton variant="secondary">Change profile</SubmitButton>
            <p role="status" className="text-success-text">
              {state.status === 'done' ? 'Changed.' : ''}
            </p>
          </div>
        </>
      )}
    </ActionForm>
  )
}
