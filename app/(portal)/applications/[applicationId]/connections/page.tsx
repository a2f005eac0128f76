import { Link2 } from 'lucide-react'
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Badge } from '@/components/ui/badge'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { Mono } from '@/components/ui/mono'
import { StatusBadge } from '@/components/ui/status-badge'
import { Time } from '@/components/ui/time'
import { listConnectionsOfApplication } from '@/lib/connections/list-connections-of-application'
import type { ListedConnection } from '@/lib/connections/schema'
import { countConsentsOfApplication } from '@/lib/consents/count-consents'
import { ApplicationHeader } from '../application-header'
import { loadApplication } from '../load-application'
import { ConsentsCard } from './consents-card'

export const metadata: Metadata = { title: 'Connections' }

type Props = { params: Promise<{ applicationId: string }>; searchParams: Promise<{ page?: string }> }

export default async function ConnectionsPage({ params, searchParams }: Props) {
  const { ctx, application, sandbox, may } = await loadApplication(params)
  const list = await listConnectionsOfApplication(ctx, {
    applicationId: application.id,
    environment: sandbox.environment,
    page: Number.parseInt((await searchParams).page ?? '1', 10) || 1,
  })
  const consents = await countConsentsOfApplication(ctx, {
    applicationId: application.id,
    environment: sandbox.environment,
  })
  const here = `/applications/${application.id}/connections`
  const connect = may('connections.start') ? (
    <LinkButton href={`/applications/${application.id}/connect`}>Connect your own account</LinkButton>
  ) : null

  return (
    <>
      <ApplicationHeader application={application} tab="connections" action={list.total > 0 ? connect : undefined} />
      <ConsentsCard counts={consents} />
      <DataTable
        caption="Connections of this application"
        rows={list.rows}
        rowKey={(row) => row.id}
        columns={[
          { key: 'id', header: 'Connection', cell: (row) => <Mono>{row.id}</Mono> },
          { key: 'status', header: 'Status', cell: (row) => <StatusBadge status={row.status} /> },
          { key: 'account', header: 'Account', cell: (row) => row.accountMasked ?? dash() },
          { key: 'reference', header: 'Reference', cell: (row) => row.reference ?? originOf(row) },
          { key: 'since', header: 'Since', cell: (row) => <Time value={sinceOf(row)} now={ctx.now} /> },
          {
            key: 'used',
            header: 'Last use',
            cell: (row) => (row.lastUsedAt ? <Time value={row.lastUsedAt} now={ctx.now} /> : dash()),
          },
        ]}
        empty={
          <EmptyState icon={<Link2 aria-hidden />} title="No connections yet" action={connect}>
            A connection lets this application reach one account, until its owner revokes it. Connect an account of your
            own, or ask for one with POST /oa2/v1/connection.
          </EmptyState>
        }
        pages={{ page: list.page, pageCount: list.pageCount, href: (target) => `${here}?page=${target}` }}
      />
    </>
  )
}

function sinceOf(row: ListedConnection): Date {
  return row.revokedAt ?? row.grantedAt ?? row.createdAt
}

function originOf(row: ListedConnection): ReactNode {
  if (row.isSelfConnection) return <Badge>Your own account</Badge>
  if (row.isByOperator) return <Badge>By an operator</Badge>
  return dash()
}

function dash(): ReactNode {
  return (
    <>
      <span aria-hidden>–</span>
      <span className="sr-only">None</span>
    </>
  )
}
