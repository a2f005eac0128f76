import type { Metadata } from 'next'
import { notFound, redirect } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { QueryProvider } from '@/components/query-provider'
import { EnvironmentBar } from '@/components/ui/environment'
import { getPublicApplication } from '@/lib/applications/get-public-application'
import { findDeeplink } from '@/lib/dispositions/find-deeplink'
import { getDispositionForInitiator } from '@/lib/dispositions/get-disposition-for-initiator'
import { polledDisposition } from '@/lib/dispositions/polled-disposition'
import { orNotFound } from '@/lib/http/or-not-found'
import { listDevices } from '@/lib/push/list-devices'
import { pageContext } from '@/lib/session/page-context'
import { withReturnTo } from '@/lib/session/return-to'
import { loadVisit } from '../../load-visit'
import { Waiting } from './waiting'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('WalletConsent'))('title'), referrer: 'same-origin' }
}

type Params = { requestId: string; dispositionId: string }

export default async function WalletWaitingPage({ params }: { params: Promise<Params> }) {
  const { requestId, dispositionId: id } = await params
  const { request } = await loadVisit(requestId)
  const { ctx } = await pageContext('consent')
  const disposition = await orNotFound(getDispositionForInitiator(ctx, { id }))
  if (disposition.subjectId !== request.id) notFound()
  if (request.status !== 'open' && disposition.status !== 'GRANTED') redirect(`/consent/${request.id}`)
  const [application, deeplink, devices] = await Promise.all([
    getPublicApplication(ctx, { applicationId: request.applicationId }),
    findDeeplink(ctx, { id }),
    listDevices(ctx),
  ])
  const t = await getTranslations('WalletConsent')
  const words = await getTranslations('AuthWeb')
  return (
    <>
      <EnvironmentBar
        environment={request.environment}
        label={words('sandbox')}
        description={words('sandboxDescription')}
      />
      <QueryProvider>
        <Waiting
          requestId={request.id}
          dispositionId={id}
          header={
            <header className="flex flex-col gap-2 pt-2 sm:pt-6">
              <h1 className="text-h2">{t('title')}</h1>
              <p className="max-w-prose break-words text-muted">
                {t.rich('purpose', { application: application.name, b: (chunks) => <bdi>{chunks}</bdi> })}
              </p>
            </header>
          }
          initial={polledDisposition(disposition, ctx.now)}
          deeplink={deeplink}
          hasDevices={devices.length > 0}
          signInHref={withReturnTo('/sign-in', `/consent/${request.id}/wallet/${id}`)}
        />
      </QueryProvider>
    </>
  )
}
