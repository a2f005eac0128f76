'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Field } from '@/components/ui/field'
import { OtpInput } from '@/components/ui/otp-input'
import { QrCode } from '@/components/ui/qr-code'
import { SubmitButton } from '@/components/ui/submit-button'
import { Time } from '@/components/ui/time'
import { fieldErrorsOf, IDLE } from '@/lib/http/form-state'
import type { StartedTotp } from '@/lib/people/enrol-totp'
import { confirmTotpAction, removeTotpAction, startTotpAction } from './actions'
import { FormMessage } from './form-message'

export function TotpCard({ since, now, locale }: { since: string | null; now: string; locale: string }) {
  const t = useTranslations('Security.totp')
  return (
    <Card title={t('title')} description={t('description')}>
      {since ? (
        <div className="flex flex-wrap items-center justify-between gap-4">
          <p>
            {t('since')} <Time value={since} now={new Date(now)} locale={locale} />
          </p>
          <RemoveTotp />
        </div>
      ) : (
        <SetUpTotp />
      )}
    </Card>
  )
}

function SetUpTotp() {
  const t = useTranslations('Security.totp')
  const [state, action] = useActionState(startTotpAction, IDLE)
  if (state.status === 'done') return <ConfirmTotp started={state.result} />
  return (
    <form action={action} className="flex flex-col items-start gap-4">
      <FormMessage state={state} />
      <p className="text-muted">{t('none')}</p>
      <SubmitButton variant="secondary">{t('setUp')}</SubmitButton>
      <StepUpDialog state={state} />
    </form>
  )
}

function ConfirmTotp({ started }: { started: StartedTotp }) {
  const t = useTranslations('Security.totp')
  const [state, action] = useActionState(confirmTotpAction, IDLE)
  return (
    <form action={action} className="flex max-w-form flex-col gap-4" noValidate>
      <FormMessage state={state} done={t('done')} ids={{ code: 'totp-code' }} />
      <p>{t('scan')}</p>
      <div>
        <QrCode value={started.uri} label={t('qr')} size={240} />
      </div>
      <p>
        {t('key')}: <code className="font-mono break-all select-all">{started.secret}</code>
      </p>
      <input type="hidden" name="totpId" value={started.totpId} />
      <Field id="totp-code" name="code" label={t('code')} error={fieldErrorsOf(state).code}>
        <OtpInput required />
      </Field>
      <SubmitButton className="self-start">{t('confirm')}</SubmitButton>
      <StepUpDialog state={state} />
    </form>
  )
}

function RemoveTotp() {
  const t = useTranslations('Security.totp')
  const [state, action] = useActionState(removeTotpAction, IDLE)
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
