import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { QueryProvider } from '@/components/query-provider'
import { findDeeplink } from '@/lib/dispositions/find-deeplink'
import { getDispositionForInitiator } from '@/lib/dispositions/get-disposition-for-initiator'
import { polledDisposition } from '@/lib/dispositions/polled-disposition'
import { env } from '@/lib/env/env'
import { orNotFound } from '@/lib/http/or-not-found'
import { listDevices } from '@/lib/push/list-devices'
import { ApplicationHeader } from '../../application-header'
import { loadApplication } from '../../load-application'
import { DispositionPanel } from './disposition-panel'

// The page holds the import token while it waits: no address of it may leave with a Referer (security.md).
export const metadata: Metadata = { title: 'Connect your own account', referrer: 'no-referrer' }

type Params = { applicationId: string; dispositionId: string }

export default async function DispositionPage({ params }: { params: Promise<Params> }) {
  const { ctx, application, sandbox } = await loadApplication(params)
  const { dispositionId } = await params
  const disposition = await orNotFound(getDispositionForInitiator(ctx, { id: dispositionId }))
  if (disposition.applicationId !== application.id) notFound()
  const [deeplink, devices] = await Promise.all([findDeeplink(ctx, { id: dispositionId }), listDevices(ctx)])
  const connectHref = `/applications/${application.id}/connect`

  return (
    <>
      <ApplicationHeader application={application} tab="connections" here="Connect your own account" />
      <div className="flex flex-col gap-6">
        <h2 className="text-h3">Connect your own account</h2>
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
              applicationKey: sandbox.clientId,
              tokenUrl: new URL('/oa2/v1/ac/token', env().publicUrl).href,
            }}
          />
        </QueryProvider>
      </div>
    </>
  )
}
