'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { Field } from '@/components/ui/field'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { Input } from '@/components/ui/input'
import { SubmitButton } from '@/components/ui/submit-button'
import { fieldErrorsOf, IDLE } from '@/lib/http/form-state'
import { resetPasswordAction } from './actions'

export function ResetPasswordForm({ token }: { token: string }) {
  const t = useTranslations('SignIn')
  const [state, action] = useActionState(resetPasswordAction, IDLE)
  const errors = fieldErrorsOf(state)
  return (
    <form action={action} className="flex flex-col gap-5" noValidate>
      <FormErrorSummary
        title={t('problem')}
        message={state.status === 'invalid' ? state.message : undefined}
        errors={errors}
      />
      <input type="hidden" name="token" value={token} />
      <Field name="password" label={t('newPassword')} hint={t('newPasswordHint')} error={errors.password}>
        <Input type="password" autoComplete="new-password" required maxLength={200} />
      </Field>
      <SubmitButton pendingLabel={t('working')} className="self-start">
        {t('setPassword')}
      </SubmitButton>
    </form>
  )
}
