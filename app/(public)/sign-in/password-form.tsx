'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { Field } from '@/components/ui/field'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { Input } from '@/components/ui/input'
import { Link } from '@/components/ui/link'
import { SubmitButton } from '@/components/ui/submit-button'
import { fieldErrorsOf, IDLE, valuesOf } from '@/lib/http/form-state'
import { passwordAction } from './actions'

export function PasswordForm({ returnTo }: { returnTo: string | null }) {
  const t = useTranslations('SignIn')
  const [state, action] = useActionState(passwordAction, IDLE)
  const errors = fieldErrorsOf(state)
  return (
    <form action={action} className="flex flex-col gap-5" noValidate>
      <FormErrorSummary
        title={t('problem')}
        message={state.status === 'invalid' ? state.message : undefined}
        errors={errors}
      />
      {returnTo ? <input type="hidden" name="return_to" value={returnTo} /> : null}
      <Field name="email" label={t('email')} error={errors.email}>
        <Input type="email" autoComplete="username" required defaultValue={valuesOf(state).email} />
      </Field>
      <Field name="password" label={t('password')} error={errors.password}>
        <Input type="password" autoComplete="current-password" required maxLength={800} />
      </Field>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <SubmitButton pendingLabel={t('working')}>{t('signIn')}</SubmitButton>
        <Link className="link" href="/recover">
          {t('forgotten')}
        </Link>
      </div>
    </form>
  )
}
