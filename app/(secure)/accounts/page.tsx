import { Landmark } from 'lucide-react'
import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { EnvironmentBadge, EnvironmentBar } from '@/components/ui/environment'
import { Link } from '@/components/ui/link'
import { LinkButton } from '@/components/ui/link-button'
import { Mono } from '@/components/ui/mono'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { countConnections } from '@/lib/connections/count-connections'
import { countConsents } from '@/lib/consents/count-consents'
import { formatIban } from '@/lib/core/iban'
import { listAccounts } from '@/lib/customers/list-accounts'
import { SANDBOX_ACCOUNT_LIMIT } from '@/lib/customers/schema'
import { pageContext } from '@/lib/session/page-context'
import { OpenAccountForm } from './open-account-form'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('Accounts')
  return { title: t('title') }
}

export default async function AccountsPage() {
  const { ctx, session } = await pageContext('secure')
  const t = await getTranslations('Accounts')
  const { customer } = session
  const accounts = await listAccounts(ctx)
  const connections = await countConnections(ctx)
  const consents = await countConsents(ctx)
  const sandbox = accounts.filter(({ environment }) => environment === 'sandbox').length
  const mayOpen = customer?.role === 'owner' && sandbox < SANDBOX_ACCOUNT_LIMIT
  const open = <OpenAccountForm label={t('open')} pendingLabel={t('opening')} />

  return (
    <>
      {sandbox > 0 ? (
        <EnvironmentBar environment="sandbox" label={t('sandbox')} description={t('sandboxMeaning')} />
      ) : null}
      <PageHeader
        title={t('title')}
        purpose={customer ? t('purpose', { customer: customer.name }) : t('purposeNobody')}
      />
      {customer?.role === 'viewer' ? <Notice className="mb-6">{t('viewer')}</Notice> : null}
      <DataTable
        caption={t('title')}
        rows={accounts}
        rowKey={({ id }) => id}
        columns={[
          { key: 'name', header: t('name'), cell: ({ name }) => <span dir="auto">{name}</span> },
          { key: 'iban', header: t('iban'), cell: ({ iban }) => <Mono>{formatIban(iban)}</Mono> },
          { key: 'currency', header: t('currency'), cell: ({ currency }) => currency },
          {
            key: 'environment',
            header: t('environment'),
            cell: ({ environment }) => <EnvironmentBadge environment={environment} label={t(environment)} />,
          },
          {
            key: 'connections',
            header: t('connections'),
            align: 'right',
            cell: ({ id }) => (
              <Link href="/connections" className="link tabular">
                {t('count', { count: connections.get(id) ?? 0 })}
              </Link>
            ),
          },
        ]}
        empty={
          <EmptyState
            icon={<Landmark aria-hidden />}
            title={t('emptyTitle')}
            action={
              customer ? (
                mayOpen ? (
                  open
                ) : undefined
              ) : (
                <LinkButton href="/customers/new">{t('createBusiness')}</LinkButton>
              )
            }
          >
            {customer ? t('emptyBody') : t('emptyNobody')}
          </EmptyState>
        }
      />
      {consents > 0 ? (
        <p className="mt-4 text-muted">
          {t('consents', { count: consents })}{' '}
          <Link href="/consents" className="link">
            {t('seeConsents')}
          </Link>
        </p>
      ) : null}
      {mayOpen && accounts.length > 0 ? <div className="mt-6">{open}</div> : null}
    </>
  )
}
