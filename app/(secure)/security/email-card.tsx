'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { SubmitButton } from '@/components/ui/submit-button'
import { fieldErrorsOf, IDLE, valuesOf } from '@/lib/http/form-state'
import { changeEmailAction } from './actions'
import { FormMessage } from './form-message'

export function EmailCard({ email }: { email: string }) {
  const t = useTranslations('Security.email')
  const [state, action] = useActionState(changeEmailAction, IDLE)
  return (
    <Card title={t('title')} description={<span className="break-words">{t('present', { email })}</span>}>
      <form action={action} className="flex max-w-form flex-col gap-4" noValidate>
        <FormMessage
          state={state}
          done={state.status === 'done' ? t('done', { email: state.result.email }) : undefined}
          ids={{ email: 'new-email' }}
        />
        <Field id="new-email" name="email" label={t('new')} error={fieldErrorsOf(state).email}>
          <Input type="email" autoComplete="email" required defaultValue={valuesOf(state).email} />
        </Field>
        <SubmitButton variant="secondary" className="self-start">
          {t('change')}
        </SubmitButton>
        <StepUpDialog state={state} />
      </form>
    </Card>
  )
}
