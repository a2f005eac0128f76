import { AppWindow, Plus } from 'lucide-react'
import type { Metadata } from 'next'
import { ApplicationLogo } from '@/components/application-logo'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { EnvironmentBadge } from '@/components/ui/environment'
import { LinkButton } from '@/components/ui/link-button'
import { Mono } from '@/components/ui/mono'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { StatusBadge } from '@/components/ui/status-badge'
import { Time } from '@/components/ui/time'
import { APPLICATION_ROLE_WORDS } from '@/lib/access/permissions'
import { listApplications } from '@/lib/applications/list-applications'
import { PROFILE_WORDS } from '@/lib/applications/schema'
import { pageContext } from '@/lib/session/page-context'
import { listReceivedInvitations } from '@/lib/team/find-invitation'
import { listReceivedTransfers } from '@/lib/transfers/list-transfers'
import { ReceivedInvitations } from './received-invitations'
import { ReceivedTransfers } from './received-transfers'

export const metadata: Metadata = { title: 'Applications' }

export default async function ApplicationsPage({ searchParams }: { searchParams: Promise<{ page?: string }> }) {
  const { ctx, session } = await pageContext('portal')
  const wanted = Number.parseInt((await searchParams).page ?? '1', 10) || 1
  const [{ rows, page, pageCount, total }, invitations, transfers] = await Promise.all([
    listApplications(ctx, { page: wanted }),
    listReceivedInvitations(ctx),
    listReceivedTransfers(ctx),
  ])
  const { customer } = session
  const mayRegister = customer?.kind === 'business' && customer.role === 'owner'
  const register = (
    <LinkButton href="/applications/new">
      <Plus aria-hidden />
      Register application
    </LinkButton>
  )

  return (
    <>
      <PageHeader
        title="Applications"
        purpose="Programs that reach accounts on behalf of their owners. Each has its own key, secrets and callbacks."
        action={mayRegister && total > 0 ? register : undefined}
      />
      <ReceivedInvitations invitations={invitations} now={ctx.now} />
      {customer ? <ReceivedTransfers transfers={transfers} customerName={customer.name} now={ctx.now} /> : null}
      {customer?.role === 'viewer' ? (
        <Notice className="mb-6">
          You are a viewer of {customer.name}: you can look at its applications, its owners can change them.
        </Notice>
      ) : null}
      <DataTable
        caption="Applications"
        rows={rows}
        rowKey={({ id }) => id}
        rowHref={({ id }) => `/applications/${id}`}
        pages={{ page, pageCount, href: (n) => `/applications?page=${n}` }}
        columns={[
          {
            key: 'name',
            header: 'Application',
            cell: ({ id, name, hasLogo }) => (
              <span className="inline-flex min-w-0 items-center gap-3 align-middle">
                <ApplicationLogo applicationId={id} hasLogo={hasLogo} size="sm" />
                <span dir="auto" className="min-w-0 break-words max-md:wrap-anywhere">
                  {name}
                </span>
              </span>
            ),
          },
          {
            key: 'status',
            header: 'Status',
            cell: ({ suspendedAt }) => <StatusBadge status={suspendedAt ? 'suspended' : 'active'} />,
          },
          {
            key: 'role',
            header: 'Your role',
            cell: ({ role, customerId, customerName }) => (
              <>
                {APPLICATION_ROLE_WORDS[role].label}
                {customerId === customer?.id ? null : (
                  <span className="block text-meta text-muted">
                    of <span dir="auto">{customerName}</span>
                  </span>
                )}
              </>
            ),
          },
          {
            key: 'environment',
            header: 'Environment',
            cell: ({ environments }) => (
              <span className="inline-flex flex-wrap gap-1">
                {environments.map(({ environment }) => (
                  <EnvironmentBadge key={environment} environment={environment} />
                ))}
              </span>
            ),
          },
          {
            key: 'profile',
            header: 'Profile',
            cell: ({ environments }) => environments.map(({ profile }) => PROFILE_WORDS[profile].label).join(', '),
          },
          {
            key: 'clientId',
            header: 'Application key',
            cell: ({ environments }) => <Mono>{environments[0]?.clientId.slice(0, 8)}…</Mono>,
          },
          { key: 'createdAt', header: 'Registered', cell: ({ createdAt }) => <Time value={createdAt} now={ctx.now} /> },
        ]}
        empty={<NoApplications kind={customer?.kind} name={customer?.name} role={customer?.role} register={register} />}
      />
    </>
  )
}

type NoApplicationsProps = { kind?: string; name?: string; role?: string; register: React.ReactNode }

/** What is missing before there can be one, and the way there. */
function NoApplications({ kind, name, role, register }: NoApplicationsProps) {
  if (kind === undefined) {
    return (
      <EmptyState
        icon={<AppWindow aria-hidden />}
        title="First, a business"
        action={<LinkButton href="/customers/new">Create a business</LinkButton>}
      >
        Applications belong to businesses, and you do not act for one yet. Create yours: it takes a name, and comes with
        a sandbox account to build against.
      </EmptyState>
    )
  }
  if (kind === 'personal') {
    return (
      <EmptyState
        icon={<AppWindow aria-hidden />}
        title="Applications belong to businesses"
        action={<LinkButton href="/customers">Your businesses</LinkButton>}
      >
        You act for yourself at present. Act for one of your businesses, or create one, to register an application.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={<AppWindow aria-hidden />}
      title="No applications yet"
      action={role === 'owner' ? register : undefined}
    >
      {role === 'owner'
        ? 'Register the program that you are building. It gets an application key at once, then you make a secret, connect an account and fetch a token: about five minutes in the sandbox.'
        : `${name} has none. One of its owners can register the first.`}
    </EmptyState>
  )
}
