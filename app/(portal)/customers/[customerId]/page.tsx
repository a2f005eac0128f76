import { Users } from 'lucide-react'
import type { Metadata } from 'next'
import { Badge } from '@/components/ui/badge'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import { listPeople } from '@/lib/customers/list-people'
import { orNotFound } from '@/lib/http/or-not-found'
import { pageContext } from '@/lib/session/page-context'
import { ConfirmAction } from '../../confirm-action'
import { leaveCustomerAction, removePersonAction } from './actions'

export const metadata: Metadata = { title: 'People' }

export default async function CustomerPage({ params }: { params: Promise<{ customerId: string }> }) {
  const { ctx } = await pageContext('portal')
  const { customer, role, people } = await orNotFound(listPeople(ctx, await params))
  const owners = people.filter((person) => person.role === 'owner')
  const isLastOwner = role === 'owner' && owners.length === 1

  return (
    <>
      <PageHeader
        title={<span dir="auto">{customer.name}</span>}
        purpose="Who belongs to it. Owners act in its name, viewers look."
        breadcrumb={[{ label: 'Your businesses', href: '/customers' }, { label: customer.name }]}
        action={
          isLastOwner ? undefined : (
            <ConfirmAction
              trigger="Leave"
              triggerVariant="danger"
              title={`Leave ${customer.name}?`}
              confirmLabel="Leave"
              cancelLabel="Stay"
              action={leaveCustomerAction}
              fields={{ customerId: customer.id }}
            >
              <p>
                You no longer act for it or see anything of it. What you allowed applications in its name ends at once,
                and connections that you granted for it do not work until another owner confirms them.
              </p>
              <p>Only somebody of it can bring you back.</p>
            </ConfirmAction>
          )
        }
      />
      {isLastOwner ? (
        <Notice meaning="info" className="mb-6">
          You are its only owner, so you cannot leave it.
        </Notice>
      ) : null}
      <DataTable
        caption={`People of ${customer.name}`}
        rows={people}
        rowKey={({ personId }) => personId}
        columns={[
          {
            key: 'name',
            header: 'Name',
            cell: ({ name, isYou }) => (
              <span className="inline-flex flex-wrap items-center gap-2">
                <span dir="auto" className="wrap-anywhere">
                  {name}
                </span>
                {isYou ? <Badge meaning="accent">You</Badge> : null}
              </span>
            ),
          },
          { key: 'email', header: 'E-mail', cell: ({ email }) => <span className="wrap-anywhere">{email}</span> },
          { key: 'role', header: 'Role', cell: ({ role }) => (role === 'owner' ? 'Owner: acts' : 'Viewer: looks') },
          { key: 'since', header: 'Since', cell: ({ since }) => <Time value={since} now={ctx.now} /> },
          {
            key: 'actions',
            header: 'Actions',
            actions: true,
            align: 'right',
            cell: ({ personId, name, isYou }) =>
              role === 'owner' && !isYou ? (
                <ConfirmAction
                  trigger={
                    <>
                      Remove<VisuallyHidden>: {name}</VisuallyHidden>
                    </>
                  }
                  triggerSize="sm"
                  title={`Remove ${name} from ${customer.name}?`}
                  confirmLabel="Remove"
                  cancelLabel="Keep them"
                  action={removePersonAction}
                  fields={{ customerId: customer.id, personId }}
                >
                  <p>
                    They no longer act for it or see anything of it. What they allowed applications in its name ends at
                    once, and connections that they granted for it do not work until another owner confirms them.
                  </p>
                </ConfirmAction>
              ) : null,
          },
        ]}
        empty={
          <EmptyState icon={<Users aria-hidden />} title="Nobody">
            Nobody belongs to it.
          </EmptyState>
        }
      />
    </>
  )
}
