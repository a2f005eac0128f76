import { Landmark } from 'lucide-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/ui/empty-state'
import { EnvironmentBadge } from '@/components/ui/environment'
import { LinkButton } from '@/components/ui/link-button'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { getApplication } from '@/lib/applications/get-application'
import { listOwnedAccounts } from '@/lib/customers/list-owned-accounts'
import { orNotFound } from '@/lib/http/or-not-found'
import { pageContext } from '@/lib/session/page-context'
import { ConnectForm } from './connect-form'

export const metadata: Metadata = { title: 'Connect your own account' }

export default async function ConnectPage({ params }: { params: Promise<{ applicationId: string }> }) {
  const { applicationId } = await params
  const { ctx, session } = await pageContext('portal')
  const application = await orNotFound(getApplication(ctx, { applicationId }))
  const environment = 'sandbox'
  const accounts = await listOwnedAccounts(ctx, { environment })

  return (
    <>
      <PageHeader
        title="Connect your own account"
        purpose={`Give ${application.name} a connection to one of your accounts, approved on your own device.`}
        badges={<EnvironmentBadge environment={environment} />}
        breadcrumb={[
          { label: 'Applications', href: '/applications' },
          { label: application.name, href: `/applications/${application.id}` },
          { label: 'Connect your own account' },
        ]}
      />
      <div className="flex max-w-140 flex-col gap-6">
        {session.customer?.role === 'viewer' ? (
          <Notice meaning="info" title="Only an owner can connect an account">
            You can look at this business, not act for it. Ask one of its owners.
          </Notice>
        ) : accounts.length === 0 ? (
          <EmptyState
            icon={<Landmark aria-hidden />}
            title="No sandbox account yet"
            action={<LinkButton href="/accounts">Open a sandbox account</LinkButton>}
          >
            A connection reaches one account. Open one with test money first, then come back.
          </EmptyState>
        ) : (
          <ConnectForm
            applicationId={application.id}
            environment={environment}
            accounts={accounts.map((account) => ({
              id: account.id,
              name: account.name,
              iban: account.iban,
              currency: account.currency,
              customerName: account.customerName,
            }))}
          />
        )}
      </div>
    </>
  )
}
