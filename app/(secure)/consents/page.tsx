import { FileCheck } from 'lucide-react'
import type { Metadata } from 'next'
import { getLocale, getTranslations } from 'next-intl/server'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { EnvironmentBadge } from '@/components/ui/environment'
import { PageHeader } from '@/components/ui/page-header'
import { StatusBadge } from '@/components/ui/status-badge'
import { Tabs } from '@/components/ui/tabs'
import { Time } from '@/components/ui/time'
import { listConsents } from '@/lib/consents/list-consents'
import { pageContext } from '@/lib/session/page-context'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('Consents'))('title') }
}

type Props = { searchParams: Promise<{ show?: string; page?: string }> }

export default async function ConsentsPage({ searchParams }: Props) {
  const { show, page } = await searchParams
  const ended = show === 'ended'
  const { ctx } = await pageContext('secure')
  const t = await getTranslations('Consents')
  const locale = await getLocale()
  const list = await listConsents(ctx, { ended, page: Number.parseInt(page ?? '1', 10) || 1 })
  const time = (value: Date) => <Time value={value} now={ctx.now} locale={locale} />

  return (
    <>
      <PageHeader title={t('title')} purpose={t('purpose')} />
      <Tabs
        label={t('views')}
        current={ended ? '/consents?show=ended' : '/consents'}
        tabs={[
          { href: '/consents', label: t('live') },
          { href: '/consents?show=ended', label: t('ended') },
        ]}
      />
      <DataTable
        caption={ended ? t('ended') : t('live')}
        rows={list.rows}
        rowKey={(row) => row.id}
        rowHref={(row) => `/consents/${row.id}`}
        columns={[
          {
            key: 'application',
            header: t('application'),
            cell: (row) => <span dir="auto">{row.application.name}</span>,
          },
          { key: 'for', header: t('for'), cell: (row) => <span dir="auto">{row.customerName}</span> },
          {
            key: 'giver',
            header: t('givenBy'),
            cell: (row) => (row.givenByYou ? t('you') : <span dir="auto">{row.giverName}</span>),
          },
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
                {time(row.revokedAt ?? (row.status === 'EXPIRED' ? row.expiresAt : row.grantedAt))}
              </span>
            ),
          },
          ended
            ? { key: 'used', header: t('lastUse'), cell: (row) => (row.lastUsedAt ? time(row.lastUsedAt) : t('never')) }
            : { key: 'until', header: t('until'), cell: (row) => time(row.expiresAt) },
        ]}
        empty={
          <EmptyState icon={<FileCheck aria-hidden />} title={ended ? t('emptyEndedTitle') : t('emptyTitle')}>
            {ended ? t('emptyEnded') : t('empty')}
          </EmptyState>
        }
        pages={{
          page: list.page,
          pageCount: list.pageCount,
          href: (target) => `/consents?${ended ? 'show=ended&' : ''}page=${target}`,
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
