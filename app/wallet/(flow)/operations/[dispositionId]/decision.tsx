'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { WalletActions } from '@/components/shell/wallet-shell'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { AccountChoice } from './account-choice'
import type { ApprovalProps } from './approval'
import { Asker } from './asker'
import { NumberEntry } from './number-entry'
import { ReportPhishing } from './report-phishing'
import { StatementText } from './statement-text'
import { Unable } from './unable'
import { useDecision } from './use-decision'
import { usePreparation } from './use-preparation'
import { useStillOpen } from './use-still-open'

/** The approval screen: who asks, what it may do, what it may not, then two buttons of one size, Refuse in focus. */
export function Decision({ disposition, now }: ApprovalProps) {
  const t = useTranslations('Wallet.approval')
  const [accountId, setAccountId] = useState(disposition.accounts[0]?.id ?? null)
  const { preparation, prepareAgain } = usePreparation(disposition, accountId)
  const refuseButton = useRef<HTMLButtonElement>(null)
  const problemBox = useRef<HTMLDivElement>(null)
  const decision = useDecision(disposition, preparation, prepareAgain)
  useStillOpen(disposition.id)

  // The buttons lie over the end of the page; what went wrong must not hide behind them.
  useEffect(() => {
    if (decision.problem) problemBox.current?.scrollIntoView({ block: 'nearest' })
  }, [decision.problem])

  // The safe choice: Enter on a screen that was not read refuses.
  useEffect(() => refuseButton.current?.focus({ preventScroll: true }), [])

  return (
    <>
      <Asker disposition={disposition} now={now} />
      {disposition.isAccountFixed || disposition.accounts.length < 2 ? null : (
        <AccountChoice accounts={disposition.accounts} value={accountId} onChange={setAccountId} />
      )}
      <Unable preparation={preparation} />
      {preparation.status === 'prepared' ? <StatementText statement={preparation.prepared.statement} /> : null}
      {disposition.numberWanted ? (
        <NumberEntry
          isMatched={disposition.numberMatched}
          error={decision.numberError}
          pending={decision.pending === 'number'}
          onCheck={decision.checkNumber}
        />
      ) : null}
      <ReportPhishing dispositionId={disposition.id} applicationName={disposition.application.name} />
      <div ref={problemBox} className="scroll-mb-28">
        {decision.problem ? (
          <Notice meaning="danger" role="alert" title={t('problem')}>
            {decision.problem}
          </Notice>
        ) : null}
      </div>
      {decision.canAccept ? <p className="text-meta text-muted">{t('acceptHint')}</p> : null}
      <WalletActions>
        <Button
          ref={refuseButton}
          variant="secondary"
          size="lg"
          pending={decision.pending === 'refuse'}
          onClick={decision.refuse}
        >
          {t('refuse')}
        </Button>
        {decision.canAccept ? (
          <Button
            size="lg"
            pending={decision.pending === 'accept' || preparation.status === 'preparing'}
            onClick={decision.accept}
          >
            {t('accept')}
          </Button>
        ) : null}
      </WalletActions>
    </>
  )
}
