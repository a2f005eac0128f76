import { CloudOff } from 'lucide-react'
import { getTranslations } from 'next-intl/server'
import { WalletActions } from '@/components/shell/wallet-shell'
import { buttonStyle } from '@/components/ui/button'
import { WalletMessage } from '../../wallet-message'

/** Kept by the service worker and shown without scripts: plain links only. */
export default async function OfflinePage() {
  const t = await getTranslations('Wallet.offline')
  return (
    <>
      <WalletMessage icon={<CloudOff aria-hidden />} title={t('title')}>
        {t('text')}
      </WalletMessage>
      <WalletActions>
        <a href="/wallet" className={buttonStyle({ size: 'lg' })}>
          {t('retry')}
        </a>
      </WalletActions>
    </>
  )
}
