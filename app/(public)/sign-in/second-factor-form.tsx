'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { CodeField } from '@/components/step-up/code-field'
import { SendCodeForm } from '@/components/step-up/send-code-form'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { SubmitButton } from '@/components/ui/submit-button'
import { fieldErrorsOf, IDLE } from '@/lib/http/form-state'
import type { CodeMethod } from '@/lib/people/schema'
import { codeAction, resendAction } from './actions'

export function SecondFactorForm({ method }: { method: CodeMethod }) {
  const t = useTranslations('SignIn')
  const [state, action] = useActionState(codeAction, IDLE)
  const errors = fieldErrorsOf(state)
  return (
    <div className="flex flex-col gap-5">
      <form action={action} className="flex flex-col gap-5" noValidate>
        <FormErrorSummary
          title={t('problem')}
          message={state.status === 'invalid' ? state.message : undefined}
          errors={errors}
        />
        <input type="hidden" name="method" value={method} />
        <CodeField method={method} hint={t(`hint-${method}`)} error={errors.code} />
        <SubmitButton pendingLabel={t('working')} className="self-start">
          {t('signIn')}
        </SubmitButton>
      </form>
      {method === 'mail-code' ? (
        <SendCodeForm action={resendAction} method={method} label={t('resend')} sentLabel={t('resent')} />
      ) : null}
      {/* Whoever comes here from another way has been sent none yet. */}
      {method === 'sms-code' ? (
        <SendCodeForm action={resendAction} method={method} label={t('sendSms')} sentLabel={t('resent')} />
      ) : null}
      {method === 'sms-code' ? <p className="text-meta text-muted">{t('smsWeaker')}</p> : null}
    </div>
  )
}
