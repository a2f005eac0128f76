'use client'

import { useTranslations } from 'next-intl'
import { useActionState, useState } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { SubmitButton } from '@/components/ui/submit-button'
import { IDLE } from '@/lib/http/form-state'
import { makeRecoveryCodesAction } from './actions'
import { FormMessage } from './form-message'

export function RecoveryCodesCard({ left }: { left: number }) {
  const t = useTranslations('Security.recovery')
  const [state, action] = useActionState(makeRecoveryCodesAction, IDLE)
  const [stored, setStored] = useState<unknown>(null)
  const codes = state.status === 'done' && stored !== state ? state.result.codes : null
  return (
    <Card title={t('title')} description={t('description')}>
      {codes ? (
        <section aria-label={t('shown')} className="flex flex-col items-start gap-4" role="status">
          <p className="max-w-prose">{t('once')}</p>
          <ul className="grid w-full gap-x-8 gap-y-1 rounded-md border border-line bg-sunken p-4 font-mono sm:grid-cols-2">
            {codes.map((code) => (
              <li key={code} translate="no" className="select-all">
                {code}
              </li>
            ))}
          </ul>
          <div className="flex flex-wrap gap-2">
            <CopyButton
              value={codes.join('\n')}
              label={t('copy')}
              copiedLabel={t('copied')}
              size="md"
              variant="primary"
            />
            <Button variant="secondary" onClick={() => setStored(state)}>
              {t('stored')}
            </Button>
          </div>
        </section>
      ) : (
        <form action={action} className="flex flex-col items-start gap-4">
          <FormMessage state={state} />
          <p className={left === 0 ? 'text-muted' : undefined}>{t('left', { count: left })}</p>
          <SubmitButton variant="secondary">{t('make')}</SubmitButton>
          <StepUpDialog state={state} />
        </form>
      )}
    </Card>
  )
}
