import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { polledDisposition } from '@/app/api/dispositions/polled-disposition'
import { QueryProvider } from '@/components/query-provider'
import { EnvironmentBadge } from '@/components/ui/environment'
import { PageHeader } from '@/components/ui/page-header'
import { getApplication } from '@/lib/applications/get-application'
import { findDeeplink } from '@/lib/dispositions/find-deeplink'
import { getDispositionForInitiator } from '@/lib/dispositions/get-disposition-for-initiator'
import { env } from '@/lib/env/env'
import { orNotFound } from '@/lib/http/or-not-found'
import { listDevices } from '@/lib/push/list-devices'
import { pageContext } from '@/lib/session/page-context'
import { DispositionPanel } from './disposition-panel'

// The page holds the import token while it waits: no address of it may leave with a Referer (security.md).
export const metadata: Metadata = { title: 'Connect your own account', referrer: 'no-referrer' }

type Params = { applicationId: string; dispositionId: string }

export default async function DispositionPage({ params }: { params: Promise<Params> }) {
  const { applicationId, dispositionId } = await params
  const { ctx } = await pageContext('portal')
  const disposition = await orNotFound(getDispositionForInitiator(ctx, { id: dispositionId }))
  if (disposition.applicationId !== applicationId) notFound()
  const application = await orNotFound(getApplication(ctx, { applicationId }))
  const [deeplink, devices] = await Promise.all([findDeeplink(ctx, { id: dispositionId }), listDevices(ctx)])
  const connectHref = `/applications/${application.id}/connect`
  const place = application.environments.find((one) => one.environment === disposition.environment)

  return (
    <>
      <PageHeader
        title="Connect your own account"
        purpose={`Approve on your own device what ${application.name} will be able to do.`}
        badges={<EnvironmentBadge environment={disposition.environment} />}
        breadcrumb={[
          { label: 'Applications', href: '/applications' },
          { label: application.name, href: `/applications/${application.id}` },
          { label: 'Connect your own account' },
        ]}
      />
      <QueryProvider>
        <DispositionPanel
          dispositionId={disposition.id}
          connectionId={disposition.subjectId}
          initial={polledDisposition(disposition, ctx.now)}
          deeplink={deeplink}
          hasDevices={devices.length > 0}
          connectHref={connectHref}
          signInHref={`/sign-in?return_to=${encodeURIComponent(`${connectHref}/${disposition.id}`)}`}
          client={{
            applicationKey: place?.clientId ?? '',
            tokenUrl: new URL('/oa2/v1/ac/token', env().publicUrl).href,
          }}
        />
      </QueryProvider>
    </>
  )
}
