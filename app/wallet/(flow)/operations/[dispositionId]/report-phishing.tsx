'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { IDLE } from '@/lib/http/form-state'
import { reportAction } from './actions'

export function ReportPhishing({ dispositionId, applicationName }: { dispositionId: string; applicationName: string }) {
  const t = useTranslations('Wallet.approval')
  const [state, report] = useActionState(reportAction, IDLE)
  if (state.status === 'done') return <p role="status">{t('reported')}</p>
  return (
    <div className="self-start">
      <ConfirmDialog
        trigger={t('report')}
        triggerVariant="ghost"
        title={t('reportTitle', { application: applicationName })}
        confirmLabel={t('reportConfirm')}
        cancelLabel={t('reportCancel')}
        action={report}
        fields={{ id: dispositionId }}
        error={state.status === 'invalid' ? state.message : undefined}
      >
        <p>{t('reportText')}</p>
      </ConfirmDialog>
    </div>
  )
}
