import type { Metadata } from 'next'
import { isUsable } from '@/lib/certificates/chain-state'
import { listChains } from '@/lib/certificates/list-chains'
import { ApplicationHeader } from '../../application-header'
import { environmentOf, loadApplication } from '../../load-application'
import { ViewerNotice } from '../../viewer-notice'
import type { CertificatesPageProps } from '../page'
import { SubmitSteps } from './submit-steps'

export const metadata: Metadata = { title: 'Submit a certificate chain' }

export default async function SubmitChainPage({ params, searchParams }: CertificatesPageProps) {
  const { ctx, application, may } = await loadApplication(params)
  const place = await environmentOf(application, searchParams)
  const base = `/applications/${application.id}/certificates`
  const { environment } = place
  const chains = await listChains(ctx, { applicationId: application.id, environment })
  const others = chains.filter(({ state }) => isUsable(state) || state === 'scheduled').length
  const closesOneWay = !place.mtlsRequired && !chains.some(({ closedOneWayAt }) => closedOneWayAt)
  return (
    <>
      <ApplicationHeader application={application} tab="certificates" here="Submit a chain" environment={environment} />
      <div className="flex flex-col gap-6">
        <div className="max-w-prose">
          <h2 className="text-h3">Submit a certificate chain</h2>
          <p className="text-muted">
            One PEM text: your certificate first, then its intermediates, then the root. Certificates only, no private
            key. It is checked first; nothing is stored before you have seen the report.
          </p>
        </div>
        {may('certificates.submit', environment) ? (
          <SubmitSteps
            applicationId={application.id}
            environment={environment}
            base={base}
            others={others}
            closesOneWay={closesOneWay}
          />
        ) : (
          <ViewerNotice role={application.role} act="submit certificate chains" />
        )}
      </div>
    </>
  )
}
