'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { Field } from '@/components/ui/field'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { Input } from '@/components/ui/input'
import { SubmitButton } from '@/components/ui/submit-button'
import { fieldErrorsOf, IDLE, valuesOf } from '@/lib/http/form-state'
import { MailSent } from '../mail-sent'
import { recoverAction } from './actions'

export function RecoverForm() {
  const t = useTranslations('SignIn')
  const [state, action] = useActionState(recoverAction, IDLE)
  if (state.status === 'done') return <MailSent>{t('recoverSent', { email: state.result.email })}</MailSent>
  const errors = fieldErrorsOf(state)
  return (
    <form action={action} className="flex flex-col gap-5" noValidate>
      <FormErrorSummary
        title={t('problem')}
        message={state.status === 'invalid' ? state.message : undefined}
        errors={errors}
      />
      <Field name="email" label={t('email')} error={errors.email}>
        <Input type="email" autoComplete="username" required defaultValue={valuesOf(state).email} />
      </Field>
      <SubmitButton pendingLabel={t('working')} className="self-start">
        {t('sendLink')}
      </SubmitButton>
    </form>
  )
}
