'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { Field } from '@/components/ui/field'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { Input } from '@/components/ui/input'
import { SubmitButton } from '@/components/ui/submit-button'
import { fieldErrorsOf, IDLE, valuesOf } from '@/lib/http/form-state'
import { MailSent } from '../mail-sent'
import { signUpAction } from './actions'

export function SignUpForm({ email }: { email?: string }) {
  const t = useTranslations('SignIn')
  const [state, action] = useActionState(signUpAction, IDLE)
  if (state.status === 'done') return <MailSent>{t('confirmSent', { email: state.result.email })}</MailSent>
  const errors = fieldErrorsOf(state)
  const values = valuesOf(state)
  return (
    <form action={action} className="flex flex-col gap-5" noValidate>
      <FormErrorSummary
        title={t('problem')}
        message={state.status === 'invalid' ? state.message : undefined}
        errors={errors}
      />
      <Field name="name" label={t('name')} error={errors.name}>
        <Input autoComplete="name" required maxLength={80} defaultValue={values.name} />
      </Field>
      <Field name="email" label={t('email')} error={errors.email}>
        <Input type="email" autoComplete="username" required defaultValue={values.email ?? email} />
      </Field>
      <Field name="password" label={t('newPassword')} hint={t('newPasswordHint')} error={errors.password}>
        <Input type="password" autoComplete="new-password" required maxLength={200} />
      </Field>
      <SubmitButton pendingLabel={t('working')} className="self-start">
        {t('create')}
      </SubmitButton>
    </form>
  )
}
