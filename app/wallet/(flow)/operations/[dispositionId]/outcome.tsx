import { getTranslations } from 'next-intl/server'
import { WalletActions } from '@/components/shell/wallet-shell'
import { buttonStyle } from '@/components/ui/button'
import { LinkButton } from '@/components/ui/link-button'
import type { Meaning } from '@/components/ui/meanings'
import { isolate } from '@/lib/core/isolate'
import type { ImporterDisposition } from '@/lib/dispositions/schema'
import { WalletMessage } from '../../../wallet-message'
import { GoBack } from './go-back'
import { ReportPhishing } from './report-phishing'

/** How it ended; read from the server each time, so a reload, a second tab and the back button all say the same. */
export async function Outcome({ disposition }: { disposition: ImporterDisposition }) {
  const t = await getTranslations('Wallet.outcome')
  const application = isolate(disposition.application.name)
  const ending = endingOf(disposition)
  const { returnTo } = disposition
  const isConsent = disposition.operation === 'consent'
  return (
    <>
      <WalletMessage meaning={MEANING[ending]} role="status" title={t(`${ending}Title`)}>
        <p>{t(ending === 'GRANTED' && isConsent ? 'consented' : ending, { application })}</p>
        {returnTo ? <GoBack dispositionId={disposition.id} returnTo={returnTo} application={application} /> : null}
      </WalletMessage>
      {ending === 'refused' || ending === 'CANCELLED' || ending === 'EXPIRED' ? (
        <div className="flex flex-wrap items-center gap-2 text-muted">
          {t('wasPhishing')}
          <ReportPhishing dispositionId={disposition.id} applicationName={disposition.application.name} />
        </div>
      ) : null}
      <WalletActions>
        {ending === 'GRANTED' && !returnTo ? (
          <LinkButton href={isConsent ? '/consents' : '/connections'} variant="secondary" size="lg">
            {t(isConsent ? 'consents' : 'connections')}
          </LinkButton>
        ) : null}
        <LinkButton href="/wallet" variant={returnTo ? 'secondary' : 'primary'} size="lg">
          {t('home')}
        </LinkButton>
        {returnTo ? (
          <a href={returnTo} rel="noreferrer" className={buttonStyle({ size: 'lg' })}>
            {t('goBack')}
          </a>
        ) : null}
      </WalletActions>
    </>
  )
}

type Ending = 'GRANTED' | 'refused' | 'wrong-numbers' | 'phishing' | 'CANCELLED' | 'EXPIRED'

const MEANING: Record<Ending, Meaning> = {
  GRANTED: 'success',
  refused: 'info',
  'wrong-numbers': 'warning',
  phishing: 'info',
  CANCELLED: 'warning',
  EXPIRED: 'warning',
}

function endingOf({ status, endReason }: ImporterDisposition): Ending {
  if (status === 'GRANTED' || status === 'CANCELLED' || status === 'EXPIRED') return status
  return endReason === 'wrong-numbers' || endReason === 'phishing' ? endReason : 'refused'
}
