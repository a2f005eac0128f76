'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { OtpInput } from '@/components/ui/otp-input'
import { SubmitButton } from '@/components/ui/submit-button'
import { Time } from '@/components/ui/time'
import { fieldErrorsOf, IDLE, valuesOf } from '@/lib/http/form-state'
import type { StartedPhone } from '@/lib/people/change-phone'
import { addPhoneAction, confirmPhoneAction, removePhoneAction } from './actions'
import { FormMessage } from './form-message'

type PhoneCardProps = { phone: { number: string; since: string } | null; now: string; locale: string }

export function PhoneCard({ phone, now, locale }: PhoneCardProps) {
  const t = useTranslations('Security.phone')
  return (
    <Card title={t('title')} description={t('description')}>
      <div className="flex flex-col gap-4">
        <Notice meaning="warning">{t('weaker')}</Notice>
        {phone ? (
          <div className="flex flex-wrap items-center justify-between gap-4">
            <p>
              <span className="font-medium tabular-nums">{phone.number}</span>{' '}
              <span className="text-muted">
                {t('since')} <Time value={phone.since} now={new Date(now)} locale={locale} />
              </span>
            </p>
            <RemovePhone />
          </div>
        ) : (
          <AddPhone />
        )}
      </div>
    </Card>
  )
}

function AddPhone() {
  const t = useTranslations('Security.phone')
  const [state, action] = useActionState(addPhoneAction, IDLE)
  if (state.status === 'done') return <ConfirmPhone started={state.result} />
  return (
    <form action={action} className="flex max-w-form flex-col gap-4" noValidate>
      <FormMessage state={state} ids={{ phone: 'phone-number' }} />
      <Field
        id="phone-number"
        name="phone"
        label={t('number')}
        hint={t('numberHint')}
        error={fieldErrorsOf(state).phone}
      >
        <Input type="tel" autoComplete="tel" required maxLength={30} defaultValue={valuesOf(state).phone} />
      </Field>
      <SubmitButton variant="secondary" className="self-start">
        {t('send')}
      </SubmitButton>
      <StepUpDialog state={state} />
    </form>
  )
}

function ConfirmPhone({ started }: { started: StartedPhone }) {
  const t = useTranslations('Security.phone')
  const [state, action] = useActionState(confirmPhoneAction, IDLE)
  return (
    <form action={action} className="flex max-w-form flex-col gap-4" noValidate>
      <FormMessage state={state} done={t('done')} ids={{ code: 'phone-code' }} />
      <p>{t('sent', { number: started.number })}</p>
      <input type="hidden" name="phoneId" value={started.phoneId} />
      <Field id="phone-code" name="code" label={t('code')} error={fieldErrorsOf(state).code}>
        <OtpInput required />
      </Field>
      <SubmitButton className="self-start">{t('confirm')}</SubmitButton>
      <StepUpDialog state={state} />
    </form>
  )
}

function RemovePhone() {
  const t = useTranslations('Security.phone')
  const [state, action] = useActionState(removePhoneAction, IDLE)
  return (
    <ConfirmDialog
      trigger={t('remove')}
      triggerSize="sm"
      title={t('removeTitle')}
      confirmLabel={t('removeConfirm')}
      cancelLabel={t('keep')}
      action={action}
      controls={<StepUpDialog state={state} />}
      isWaiting={state.status === 'step-up'}
      error={state.status === 'invalid' ? state.message : undefined}
    >
      <p>{t('removeBody')}</p>
    </ConfirmDialog>
  )
}
