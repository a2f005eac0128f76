'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { SubmitButton } from '@/components/ui/submit-button'
import { IDLE } from '@/lib/http/form-state'
import { confirmEmailAction } from './actions'

export function ConfirmEmailForm({ token }: { token: string }) {
  const t = useTranslations('SignIn')
  const [state, action] = useActionState(confirmEmailAction, IDLE)
  return (
    <form action={action} className="flex flex-col gap-5">
      <FormErrorSummary title={t('problem')} message={state.status === 'invalid' ? state.message : undefined} />
      <input type="hidden" name="token" value={token} />
      <SubmitButton pendingLabel={t('working')} className="self-start">
        {t('confirm')}
      </SubmitButton>
    </form>
  )
}
