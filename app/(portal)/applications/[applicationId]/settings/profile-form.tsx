'use client'

import { SubmitButton } from '@/components/ui/submit-button'
import type { Profile } from '@/lib/applications/schema'
import { ActionForm } from '../../../action-form'
import { ProfileCards } from '../../profile-cards'
import { changeProfileAction } from './actions'

export function ProfileForm({ applicationId, profile }: { applicationId: string; profile: Profile }) {
  return (
    <ActionForm action={changeProfileAction} fields={{ applicationId, environment: 'sandbox' }} className="max-w-form">
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
