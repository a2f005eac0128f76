'use client'

import { useLocale, useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Time } from '@/components/ui/time'
import { IDLE } from '@/lib/http/form-state'
import { revokeConnectionAction } from './actions'

type RevokeDialogProps = { connectionId: string; applicationName: string; lastUsedAt: Date | null; now: Date }

/** Says what stops working before it does. */
export function RevokeDialog({ connectionId, applicationName, lastUsedAt, now }: RevokeDialogProps) {
  const t = useTranslations('Connections.revoke')
  const locale = useLocale()
  const [state, action] = useActionState(revokeConnectionAction, IDLE)
  return (
    <ConfirmDialog
      trigger={t('trigger')}
      triggerVariant="danger"
      title={t('title', { application: applicationName })}
      confirmLabel={t('confirm')}
      cancelLabel={t('cancel')}
      action={action}
      fields={{ connectionId }}
      error={state.status === 'invalid' ? state.message : undefined}
    >
      <p>{t('effect')}</p>
      <p>
        {t('lastUse')} {lastUsedAt ? <Time value={lastUsedAt} now={now} locale={locale} /> : t('never')}
      </p>
      <p>{t('undo')}</p>
    </ConfirmDialog>
  )
}
