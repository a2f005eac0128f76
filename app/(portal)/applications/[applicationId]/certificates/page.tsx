import { FlaskConical, ShieldCheck } from 'lucide-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { isLive } from '@/lib/certificates/chain-state'
import { listChains } from '@/lib/certificates/list-chains'
import { findCalendar } from '@/lib/certificates/renew-calendar'
import { countBoundTokens } from '@/lib/oauth/count-bound-tokens'
import { ApplicationHeader } from '../application-header'
import { EnvironmentSwitch } from '../environment-switch'
import { environmentOf, loadApplication } from '../load-application'
import { ViewerNotice } from '../viewer-notice'
import { CalendarCard } from './calendar-card'
import { ChainTimeline } from './chain-timeline'
import { MtlsCard } from './mtls-card'

export const metadata: Metadata = { title: 'Certificates' }

export type CertificatesPageProps = {
  params: Promise<{ applicationId: string }>
  searchParams: Promise<{ environment?: string | string[] }>
}

export default async function CertificatesPage({ params, searchParams }: CertificatesPageProps) {
  const { ctx, application, may } = await loadApplication(params)
  const place = await environmentOf(application, searchParams)
  const { environment } = place
  const base = `/applications/${application.id}/certificates`
  const [chains, calendar, bound] = await Promise.all([
    listChains(ctx, { applicationId: application.id, environment }),
    findCalendar(ctx, { applicationId: application.id }),
    countBoundTokens(ctx, { applicationId: application.id, environment }),
  ])
  const maySubmit = may('certificates.submit', environment)
  const current = chains.filter(({ state }) => isLive(state))
  const past = chains.filter(({ state }) => !isLive(state))
  const actions = maySubmit ? (
    <>
      <LinkButton href={`${base}/submit?environment=${environment}`}>Submit a chain</LinkButton>
      {environment === 'sandbox' ? (
        <LinkButton href={`${base}/sandbox`} variant="secondary">
          <FlaskConical aria-hidden />
          Make a sandbox certificate
        </LinkButton>
      ) : null}
    </>
  ) : null

  return (
    <>
      <ApplicationHeader application={application} tab="certificates" environment={environment} />
      {maySubmit ? null : <ViewerNotice role={application.role} act="submit and revoke certificates" />}
      <EnvironmentSwitch application={application} address={base} current={environment} />
      <div className="flex flex-col gap-6">
        {chains.length === 0 ? (
          <EmptyState icon={<ShieldCheck aria-hidden />} title="No certificate chains yet" action={actions}>
            <p>
              With a client certificate your program proves who it is in the TLS handshake itself. You submit its chain
              once, leaf to root; afterwards whoever presents that certificate is this application.
            </p>
          </EmptyState>
        ) : (
          <>
            <div className="flex flex-wrap items-start justify-between gap-4">
              <p className="max-w-prose text-muted">
                Whoever presents one of the active certificates is this application. Several may be active at once, so
                that a new one takes over without a pause.
              </p>
              <div className="flex flex-wrap gap-2">{actions}</div>
            </div>
            {current.length > 0 ? (
              <section aria-labelledby="current" className="flex flex-col gap-3">
                <h2 id="current" className="text-h3">
                  Now and next
                </h2>
                <ChainTimeline chains={current} now={ctx.now} base={base} bound={bound} />
              </section>
            ) : null}
            {past.length > 0 ? (
              <section aria-labelledby="past" className="flex flex-col gap-3">
                <h2 id="past" className="text-h3">
                  Over
                </h2>
                <ChainTimeline chains={past} now={ctx.now} base={base} bound={bound} />
              </section>
            ) : null}
          </>
        )}
        <div className="grid gap-6 lg:grid-cols-2 lg:items-start">
          <MtlsCard applicationId={application.id} place={place} chains={chains} maySubmit={maySubmit} now={ctx.now} />
          <CalendarCard
            applicationId={application.id}
            calendar={calendar}
            mayRenew={may('certificates.submit', 'sandbox')}
            now={ctx.now}
          />
        </div>
      </div>
    </>
  )
}
