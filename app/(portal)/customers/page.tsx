import { Building2, Plus, User } from 'lucide-react'
import type { Metadata } from 'next'
import { Badge } from '@/components/ui/badge'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { Link } from '@/components/ui/link'
import { LinkButton } from '@/components/ui/link-button'
import { Mono } from '@/components/ui/mono'
import { PageHeader } from '@/components/ui/page-header'
import { SubmitButton } from '@/components/ui/submit-button'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import { listCustomers } from '@/lib/customers/list-customers'
import { pageContext } from '@/lib/session/page-context'
import { switchCustomer } from './actions'

export const metadata: Metadata = { title: 'Your businesses' }

export default async function CustomersPage() {
  const { ctx } = await pageContext('portal')
  const customers = await listCustomers(ctx)
  const create = (
    <LinkButton href="/customers/new">
      <Plus aria-hidden />
      Create a business
    </LinkButton>
  )

  return (
    <>
      <PageHeader
        title="Your businesses"
        purpose="Whom you can act for. What you see and change here always belongs to one of them."
        action={customers.length > 0 ? create : undefined}
      />
      <DataTable
        caption="Your businesses"
        rows={customers}
        rowKey={({ id }) => id}
        columns={[
          {
            key: 'name',
            header: 'Name',
            cell: ({ id, name, kind }) => (
              <span className="inline-flex min-w-0 items-center gap-2 align-middle">
                {kind === 'business' ? (
                  <Building2 aria-hidden className="size-4 shrink-0 text-muted" />
                ) : (
                  <User aria-hidden className="size-4 shrink-0 text-muted" />
                )}
                <Link href={`/customers/${id}`} dir="auto" className="link min-w-0 break-words max-md:wrap-anywhere">
                  {name}
                </Link>
              </span>
            ),
          },
          { key: 'kind', header: 'Kind', cell: ({ kind }) => (kind === 'business' ? 'Business' : 'Personal') },
          {
            key: 'role',
            header: 'Your role',
            cell: ({ role }) => (role === 'owner' ? 'Owner: you act' : 'Viewer: you look'),
          },
          {
            key: 'verified',
            header: 'Legal name',
            cell: ({ nameVerified }) => (nameVerified ? 'Verified' : <span className="text-muted">Not verified</span>),
          },
          {
            key: 'id',
            header: 'Business id',
            cell: ({ id, kind }) =>
              kind === 'business' ? (
                <Mono className="text-meta wrap-anywhere">{id}</Mono>
              ) : (
                <span className="text-muted">–</span>
              ),
          },
          {
            key: 'actions',
            header: 'Actions',
            actions: true,
            align: 'right',
            cell: ({ id, name }) =>
              id === ctx.actor.customerId ? (
                <Badge meaning="accent">Acting for it</Badge>
              ) : (
                <form action={switchCustomer}>
                  <input type="hidden" name="customerId" value={id} />
                  <SubmitButton variant="secondary" size="sm">
                    Act for it<VisuallyHidden>: {name}</VisuallyHidden>
                  </SubmitButton>
                </form>
              ),
          },
        ]}
        empty={
          <EmptyState icon={<Building2 aria-hidden />} title="No business yet" action={create}>
            Applications and their accounts belong to a business. Creating one takes a name.
          </EmptyState>
        }
      />
    </>
  )
}
