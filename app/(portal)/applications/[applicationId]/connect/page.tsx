import { Landmark } from 'lucide-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { listOwnedAccounts } from '@/lib/customers/list-owned-accounts'
import { ApplicationHeader } from '../application-header'
import { loadApplication } from '../load-application'
import { ViewerNotice } from '../viewer-notice'
import { ConnectForm } from './connect-form'

export const metadata: Metadata = { title: 'Connect your own account' }

export default async function ConnectPage({ params }: { params: Promise<{ applicationId: string }> }) {
  const { ctx, application, sandbox, may } = await loadApplication(params)
  const mayStart = may('connections.start')
  const accounts = mayStart ? await listOwnedAccounts(ctx, sandbox) : []

  return (
    <>
      <ApplicationHeader application={application} tab="connections" here="Connect your own account" />
      {mayStart ? null : <ViewerNotice role={application.role} act="connect an account" />}
      <div className="flex max-w-140 flex-col gap-6">
        <div>
          <h2 className="text-h3">Connect your own account</h2>
          <p className="max-w-prose text-muted">
            Give this application a connection to one of your accounts. You approve it on your own device, and get the
            connection code here.
          </p>
        </div>
        {mayStart && accounts.length === 0 ? (
          <EmptyState
            icon={<Landmark aria-hidden />}
            title="No sandbox account yet"
            action={<LinkButton href="/accounts">Open a sandbox account</LinkButton>}
          >
            A connection reaches one account. Open one with test money first, then come back.
          </EmptyState>
        ) : null}
        {accounts.length > 0 ? (
          <ConnectForm
            applicationId={application.id}
            environment={sandbox.environment}
            accounts={accounts.map(({ id, name, iban, currency, customerName }) => ({
              id,
              name,
              iban,
              currency,
              customerName,
            }))}
          />
        ) : null}
      </div>
    </>
  )
}
