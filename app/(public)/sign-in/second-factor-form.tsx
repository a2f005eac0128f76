'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { Field } from '@/components/ui/field'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { OtpInput } from '@/components/ui/otp-input'
import { SubmitButton } from '@/components/ui/submit-button'
import { fieldErrorsOf, IDLE } from '@/lib/http/form-state'
import type { CodeMethod } from '@/lib/people/schema'
import { codeAction, resendAction } from './actions'

export function SecondFactorForm({ method }: { method: CodeMethod }) {
  const t = useTranslations('SignIn')
  const [state, action] = useActionState(codeAction, IDLE)
  const errors = fieldErrorsOf(state)
  const recovery = method === 'recovery-code'
  return (
    <div className="flex flex-col gap-5">
      <form action={action} className="flex flex-col gap-5" noValidate>
        <FormErrorSummary
          title={t('problem')}
          message={state.status === 'invalid' ? state.message : undefined}
          errors={errors}
        />
        <input type="hidden" name="method" value={method} />
        <Field
          name="code"
          label={recovery ? t('recoveryCode') : t('code')}
          hint={t(`hint-${method}`)}
          error={errors.code}
        >
          {recovery ? (
            <Input autoComplete="off" autoCapitalize="characters" spellCheck={false} className="font-mono" required />
          ) : (
            <OtpInput required />
          )}
        </Field>
        <SubmitButton pendingLabel={t('working')} className="self-start">
          {t('signIn')}
        </SubmitButton>
      </form>
      {method === 'mail-code' ? <ResendForm /> : null}
    </div>
  )
}

function ResendForm() {
  const t = useTranslations('SignIn')
  const [state, action] = useActionState(resendAction, IDLE)
  return (
    <form action={action} className="flex flex-col items-start gap-3">
      {state.status === 'done' ? (
        <Notice meaning="success" role="status">
          {t('resent')}
        </Notice>
      ) : null}
      {state.status === 'invalid' ? (
        <Notice meaning="warning" role="alert">
          {state.message}
        </Notice>
      ) : null}
      <SubmitButton variant="secondary" pendingLabel={t('working')}>
        {t('resend')}
      </SubmitButton>
    </form>
  )
}
