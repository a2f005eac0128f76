import { Link2 } from 'lucide-react'
import type { Metadata } from 'next'
import { getLocale, getTranslations } from 'next-intl/server'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { EnvironmentBadge } from '@/components/ui/environment'
import { PageHeader } from '@/components/ui/page-header'
import { StatusBadge } from '@/components/ui/status-badge'
import { Tabs } from '@/components/ui/tabs'
import { Time } from '@/components/ui/time'
import { listConnections } from '@/lib/connections/list-connections'
import { pageContext } from '@/lib/session/page-context'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('Connections'))('title') }
}

type Props = { searchParams: Promise<{ show?: string; page?: string }> }

export default async function ConnectionsPage({ searchParams }: Props) {
  const { show, page } = await searchParams
  const revoked = show === 'revoked'
  const { ctx } = await pageContext('secure')
  const t = await getTranslations('Connections')
  const locale = await getLocale()
  const list = await listConnections(ctx, { revoked, page: Number.parseInt(page ?? '1', 10) || 1 })

  return (
    <>
      <PageHeader title={t('title')} purpose={t('purpose')} />
      <Tabs
        label={t('views')}
        current={revoked ? '/connections?show=revoked' : '/connections'}
        tabs={[
          { href: '/connections', label: t('live') },
          { href: '/connections?show=revoked', label: t('revoked') },
        ]}
      />
      <DataTable
        caption={revoked ? t('revoked') : t('live')}
        rows={list.rows}
        rowKey={(row) => row.id}
        rowHref={(row) => `/connections/${row.id}`}
        columns={[
          {
            key: 'application',
            header: t('application'),
            cell: (row) => <span dir="auto">{row.application.name}</span>,
          },
          {
            key: 'account',
            header: t('account'),
            cell: (row) => `${row.account.name} · ${row.account.ibanMasked}`,
          },
          { key: 'customer', header: t('customer'), cell: (row) => <span dir="auto">{row.customerName}</span> },
          {
            key: 'environment',
            header: t('environment'),
            cell: (row) => <EnvironmentBadge environment={row.environment} label={t(row.environment)} />,
          },
          {
            key: 'status',
            header: t('status'),
            cell: (row) => (
              <span className="inline-flex flex-wrap items-center gap-2">
                <StatusBadge status={row.status} label={t(`statuses.${row.status}`)} />
                <Time value={row.revokedAt ?? row.grantedAt} now={ctx.now} locale={locale} />
              </span>
            ),
          },
          {
            key: 'used',
            header: t('lastUse'),
            cell: (row) =>
              row.lastUsedAt ? <Time value={row.lastUsedAt} now={ctx.now} locale={locale} /> : t('never'),
          },
        ]}
        empty={
          <EmptyState icon={<Link2 aria-hidden />} title={revoked ? t('emptyRevokedTitle') : t('emptyTitle')}>
            {revoked ? t('emptyRevoked') : t('empty')}
          </EmptyState>
        }
        pages={{
          page: list.page,
          pageCount: list.pageCount,
          href: (target) => `/connections?${revoked ? 'show=revoked&' : ''}page=${target}`,
          labels: {
            pages: t('pages.label'),
            previous: t('pages.previous'),
            next: t('pages.next'),
            position: t('pages.position', { page: '{page}', pageCount: '{pageCount}' }),
          },
        }}
      />
    </>
  )
}
