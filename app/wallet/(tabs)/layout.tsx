import { House, ScanQrCode, ShieldCheck } from 'lucide-react'
import { getTranslations } from 'next-intl/server'
import type { ReactNode } from 'react'
import { WalletShell } from '@/components/shell/wallet-shell'
import { Link } from '@/components/ui/link'
import { currentSession } from '@/lib/session/current-session'

export default async function TabsLayout({ children }: { children: ReactNode }) {
  const t = await getTranslations('Wallet')
  const session = await currentSession()
  return (
    <WalletShell
      skipLabel={t('skip')}
      navLabel={t('nav.label')}
      nav={[
        { href: '/wallet', label: t('nav.home'), icon: <House aria-hidden /> },
        { href: '/wallet/scan', label: t('nav.scan'), icon: <ScanQrCode aria-hidden /> },
      ]}
      account={
        session ? (
          <Link
            href="/security"
            aria-label={`${session.person.name}: ${t('nav.account')}`}
            className="flex min-h-11 min-w-0 items-center gap-2 rounded-md text-meta text-muted hover:text-ink"
          >
            <span dir="auto" className="truncate">
              {session.person.name}
            </span>
            <ShieldCheck aria-hidden className="size-4 shrink-0" />
          </Link>
        ) : null
      }
    >
      {children}
    </WalletShell>
  )
}
