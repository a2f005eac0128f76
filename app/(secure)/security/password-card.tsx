'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { SubmitButton } from '@/components/ui/submit-button'
import { fieldErrorsOf, IDLE } from '@/lib/http/form-state'
import { changePasswordAction } from './actions'
import { FormMessage } from './form-message'

export function PasswordCard() {
  const t = useTranslations('Security.password')
  const [state, action] = useActionState(changePasswordAction, IDLE)
  const errors = fieldErrorsOf(state)
  return (
    <Card title={t('title')}>
      <form action={action} className="flex max-w-form flex-col gap-4" noValidate>
        <FormMessage state={state} done={t('done')} ids={{ password: 'new-password' }} />
        <Field name="currentPassword" label={t('current')} error={errors.currentPassword}>
          <Input type="password" autoComplete="current-password" required maxLength={800} />
        </Field>
        <Field id="new-password" name="password" label={t('new')} hint={t('hint')} error={errors.password}>
          <Input type="password" autoComplete="new-password" required maxLength={200} />
        </Field>
        <SubmitButton variant="secondary" className="self-start">
          {t('change')}
        </SubmitButton>
        <StepUpDialog state={state} />
      </form>
    </Card>
  )
}
