'use client'

import { useLocale, useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Time } from '@/components/ui/time'
import { IDLE } from '@/lib/http/form-state'
import { revokeConsentAction } from './actions'

type RevokeDialogProps = {
  consentId: string
  applicationName: string
  customerName: string
  scopes: string[]
  lastUsedAt: Date | null
  now: Date
}

/** Says what stops working before it does. */
export function RevokeDialog({ consentId, applicationName, customerName, scopes, lastUsedAt, now }: RevokeDialogProps) {
  const t = useTranslations('Consents.revoke')
  const locale = useLocale()
  const [state, action] = useActionState(revokeConsentAction, IDLE)
  return (
    <ConfirmDialog
      trigger={t('trigger')}
      triggerVariant="danger"
      title={t('title', { application: applicationName })}
      confirmLabel={t('confirm')}
      cancelLabel={t('cancel')}
      action={action}
      fields={{ consentId }}
      error={state.status === 'invalid' ? state.message : undefined}
    >
      <ul className="list-disc pl-5">
        {scopes.map((scope) => (
          <li key={scope}>{scope}</li>
        ))}
      </ul>
      <p>{t('effect', { customer: customerName })}</p>
      <p>
        {t('lastUse')} {lastUsedAt ? <Time value={lastUsedAt} now={now} locale={locale} /> : t('never')}
      </p>
      <p>{t('undo')}</p>
    </ConfirmDialog>
  )
}
