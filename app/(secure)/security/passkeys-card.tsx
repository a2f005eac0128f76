'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { Badge } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { Time } from '@/components/ui/time'
import { fieldErrorsOf, IDLE } from '@/lib/http/form-state'
import { confirmPasskeyAction, removePasskeyAction, renamePasskeyAction } from './actions'
import { AddPasskey } from './add-passkey'
import { FormMessage } from './form-message'

export type ShownPasskey = {
  id: string
  name: string
  backedUp: boolean
  createdAt: string
  lastUsedAt: string | null
  /** Set while it cannot accept dispositions yet. */
  acceptsFrom: string | null
}

type Clock = { now: string; locale: string }

export function PasskeysCard({
  passkeys,
  hasOlder,
  hasRecoveryCodes,
  ...clock
}: { passkeys: ShownPasskey[]; hasOlder: boolean; hasRecoveryCodes: boolean } & Clock) {
  const t = useTranslations('Security.passkeys')
  return (
    <Card title={t('title')} description={t('description')}>
      <div className="flex flex-col gap-6">
        {passkeys.length === 0 ? <p className="text-muted">{t('none')}</p> : null}
        {passkeys.length > 0 ? (
          <ul className="flex flex-col divide-y divide-line">
            {passkeys.map((passkey) => (
              <li key={passkey.id} className="flex flex-col gap-3 py-4 first:pt-0 last:pb-0">
                <PasskeyRow passkey={passkey} hasOlder={hasOlder} {...clock} />
              </li>
            ))}
          </ul>
        ) : null}
        {hasRecoveryCodes ? null : <Notice meaning="warning">{t('noWayBack')}</Notice>}
        <AddPasskey />
      </div>
    </Card>
  )
}

function PasskeyRow({ passkey, hasOlder, now, locale }: { passkey: ShownPasskey; hasOlder: boolean } & Clock) {
  const t = useTranslations('Security.passkeys')
  const at = new Date(now)
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-56">
          <p className="flex flex-wrap items-center gap-2">
            <span dir="auto" className="font-medium break-words">
              {passkey.name}
            </span>
            {passkey.backedUp ? <Badge>{t('synced')}</Badge> : null}
          </p>
          <p className="text-meta text-muted">
            {t('created')} <Time value={passkey.createdAt} now={at} locale={locale} />
            {' · '}
            {passkey.lastUsedAt ? (
              <>
                {t('lastUsed')} <Time value={passkey.lastUsedAt} now={at} locale={locale} />
              </>
            ) : (
              t('never')
            )}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <RenamePasskey passkey={passkey} />
          <RemovePasskey passkey={passkey} />
        </div>
      </div>
      {passkey.acceptsFrom ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Badge meaning="warning">
            {t('waits')} <Time value={passkey.acceptsFrom} format="exact" locale={locale} />
          </Badge>
          {hasOlder ? <ConfirmPasskey passkeyId={passkey.id} /> : null}
        </div>
      ) : null}
    </>
  )
}

function RenamePasskey({ passkey }: { passkey: ShownPasskey }) {
  const t = useTranslations('Security.passkeys')
  const [state, action] = useActionState(renamePasskeyAction, IDLE)
  const id = `name-${passkey.id}`
  return (
    <details className="group">
      <summary className="inline-flex min-h-8 cursor-pointer list-none items-center rounded-md border border-line-strong px-3 text-meta font-medium hover:bg-sunken max-lg:min-h-11 [&::-webkit-details-marker]:hidden">
        {t('rename')}
      </summary>
      <form action={action} className="mt-3 flex flex-col gap-3" noValidate>
        <FormMessage state={state} ids={{ name: id }} />
        <input type="hidden" name="passkeyId" value={passkey.id} />
        <Field id={id} name="name" label={t('newName')} error={fieldErrorsOf(state).name}>
          <Input required maxLength={80} defaultValue={passkey.name} autoComplete="off" />
        </Field>
        <SubmitButton size="sm" variant="secondary" className="self-start">
          {t('save')}
        </SubmitButton>
      </form>
    </details>
  )
}

function RemovePasskey({ passkey }: { passkey: ShownPasskey }) {
  const t = useTranslations('Security.passkeys')
  const [state, action] = useActionState(removePasskeyAction, IDLE)
  return (
    <ConfirmDialog
      trigger={t('remove')}
      triggerSize="sm"
      title={t('removeTitle', { name: passkey.name })}
      confirmLabel={t('removeConfirm')}
      cancelLabel={t('keep')}
      action={action}
      fields={{ passkeyId: passkey.id }}
      controls={<StepUpDialog state={state} />}
      isWaiting={state.status === 'step-up'}
      error={state.status === 'invalid' ? state.message : undefined}
    >
      <p>{t('removeBody')}</p>
    </ConfirmDialog>
  )
}

function ConfirmPasskey({ passkeyId }: { passkeyId: string }) {
  const t = useTranslations('Security.passkeys')
  const stepUp = useTranslations('StepUp')
  const [state, action] = useActionState(confirmPasskeyAction, IDLE)
  return (
    <form action={action} className="flex flex-col items-start gap-2">
      <FormMessage state={state} />
      {state.status === 'invalid' ? (
        <a className="link" href="/step-up?return_to=/security">
          {stepUp('title')}
        </a>
      ) : null}
      <input type="hidden" name="passkeyId" value={passkeyId} />
      <SubmitButton size="sm" variant="secondary">
        {t('confirm')}
      </SubmitButton>
      <StepUpDialog state={state} />
    </form>
  )
}
