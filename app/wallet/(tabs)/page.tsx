import { ChevronRight, ScanQrCode } from 'lucide-react'
import { getLocale, getTranslations } from 'next-intl/server'
import { EnvironmentBadge } from '@/components/ui/environment'
import { Link } from '@/components/ui/link'
import { LinkButton } from '@/components/ui/link-button'
import { Time } from '@/components/ui/time'
import { listPendingDispositions } from '@/lib/dispositions/list-pending-dispositions'
import type { PendingDisposition } from '@/lib/dispositions/schema'
import { getPushKey } from '@/lib/push/get-push-key'
import { pageContext } from '@/lib/session/page-context'
import { InstallHint } from './install-hint'
import { Notifications } from './notifications'

export default async function WalletPage() {
  const { ctx } = await pageContext('wallet')
  const t = await getTranslations('Wallet')
  const pending = await listPendingDispositions(ctx)
  return (
    <>
      <header className="flex flex-col gap-1">
        <h1 className="text-h2">{t('home.title')}</h1>
        <p className="text-lead text-muted">{t('home.purpose')}</p>
      </header>
      <LinkButton href="/wallet/scan" size="lg" block>
        <ScanQrCode aria-hidden />
        {t('home.scan')}
      </LinkButton>
      <section aria-labelledby="pending" className="flex flex-col gap-2">
        <h2 id="pending" className="text-lead font-semibold">
          {t('home.pending')}
        </h2>
        {pending.length === 0 ? <p className="text-muted">{t('home.pendingNone')}</p> : null}
        <ul className="flex flex-col gap-2">
          {pending.map((disposition) => (
            <PendingCard key={disposition.id} disposition={disposition} now={ctx.now} />
          ))}
        </ul>
      </section>
      <InstallHint />
      <Notifications publicKey={await getPushKey(ctx)} />
      <Link
        href="/connections"
        className="flex min-h-14 items-center gap-3 rounded-md border border-line bg-surface px-4 py-3 hover:bg-sunken"
      >
        <span className="min-w-0 flex-1">
          <span className="block font-medium">{t('home.connections')}</span>
          <span className="block text-meta text-muted">{t('home.connectionsHint')}</span>
        </span>
        <ChevronRight aria-hidden className="size-4 shrink-0 text-muted" />
      </Link>
    </>
  )
}

async function PendingCard({ disposition, now }: { disposition: PendingDisposition; now: Date }) {
  const t = await getTranslations('Wallet')
  return (
    <li className="flex flex-col gap-3 rounded-md border border-accent-line bg-accent-surface p-4">
      <div className="flex flex-wrap items-center gap-2">
        <p dir="auto" className="min-w-0 text-lead font-semibold break-words">
          {disposition.applicationName}
        </p>
        <EnvironmentBadge environment={disposition.environment} label={t(`environment.${disposition.environment}`)} />
      </div>
      <p className="text-meta text-muted">
        {t('home.until')} <Time value={disposition.expiresAt} now={now} locale={await getLocale()} />
      </p>
      <LinkButton href={`/wallet/operations/${disposition.id}`} size="lg" block>
        {t('home.decide')}
      </LinkButton>
    </li>
  )
}
