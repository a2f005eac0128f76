'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { IDLE } from '@/lib/http/form-state'
import { renewConsentAction } from './actions'

/** Asks for a proof where the last one is too old, then goes on by itself. */
export function RenewForm({ consentId, variant }: { consentId: string; variant: 'primary' | 'secondary' }) {
  const t = useTranslations('Consents.renew')
  const [state, action] = useActionState(renewConsentAction, IDLE)
  return (
    <form action={action} className="flex flex-col items-start gap-3">
      <input type="hidden" name="consentId" value={consentId} />
      {state.status === 'invalid' ? (
        <Notice meaning="danger" role="alert">
          {state.message}
        </Notice>
      ) : null}
      <SubmitButton variant={variant}>{t('submit')}</SubmitButton>
      <StepUpDialog state={state} />
    </form>
  )
}
