import { Check, X } from 'lucide-react'
import type { Metadata } from 'next'
import { getLocale, getTranslations } from 'next-intl/server'
import type { ReactNode } from 'react'
import { Card } from '@/components/ui/card'
import { DescriptionList } from '@/components/ui/description-list'
import { EnvironmentBadge, EnvironmentBar } from '@/components/ui/environment'
import { Mono } from '@/components/ui/mono'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { StatusBadge } from '@/components/ui/status-badge'
import { Time } from '@/components/ui/time'
import type { ListedEvent } from '@/lib/audit/list-events'
import { getOwnedConnection } from '@/lib/connections/get-owned-connection'
import { listConnectionHistory } from '@/lib/connections/list-connection-history'
import { orNotFound } from '@/lib/http/or-not-found'
import { pageContext } from '@/lib/session/page-context'
import { RevokeDialog } from './revoke-dialog'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('Connections'))('one') }
}

export default async function ConnectionPage({ params }: { params: Promise<{ connectionId: string }> }) {
  const { ctx } = await pageContext('secure')
  const connection = await orNotFound(getOwnedConnection(ctx, await params))
  const history = await listConnectionHistory(ctx, { connectionId: connection.id })
  const t = await getTranslations('Connections')
  const locale = await getLocale()
  const { application, account } = connection
  const time = (value: Date) => <Time value={value} now={ctx.now} locale={locale} />

  return (
    <>
      <EnvironmentBar environment={connection.environment} label={t('sandbox')} description={t('sandboxDescription')} />
      <PageHeader
        title={<span dir="auto">{application.name}</span>}
        purpose={t('onePurpose')}
        breadcrumb={[{ label: t('title'), href: '/connections' }, { label: application.name }]}
        badges={
          <>
            <StatusBadge status={connection.status} label={t(`statuses.${connection.status}`)} />
            <EnvironmentBadge environment={connection.environment} label={t(connection.environment)} />
          </>
        }
        action={
          connection.status === 'GRANTED' && connection.canRevoke ? (
            <RevokeDialog
              connectionId={connection.id}
              applicationName={application.name}
              lastUsedAt={connection.lastUsedAt}
              now={ctx.now}
            />
          ) : null
        }
      />
      <div className="flex flex-col gap-6">
        {connection.revokedAt ? (
          <Notice meaning="info" title={t('revokedTitle')}>
            {t('revokedText')}
          </Notice>
        ) : null}
        {connection.status === 'GRANTED' && application.isSuspended ? (
          <Notice meaning="warning" title={t('suspendedTitle')}>
            {t('suspendedText')}
          </Notice>
        ) : null}
        {connection.status === 'GRANTED' && !connection.canRevoke ? (
          <Notice meaning="info">{t('viewerText')}</Notice>
        ) : null}
        {connection.status === 'GRANTED' ? (
          <Card title={t('mayDo')}>
            <div className="grid gap-6 sm:grid-cols-2">
              <List
                title={t('can')}
                icon={<Check aria-hidden className="mt-0.5 size-4 shrink-0 text-success-text" />}
                lines={[t('statement.allowsRead'), t('statement.allowsAsk'), t('statement.allowsKeep')]}
              />
              <List
                title={t('cannot')}
                icon={<X aria-hidden className="mt-0.5 size-4 shrink-0 text-danger-text" />}
                lines={[t('statement.forbidsPay'), t('statement.forbidsOthers')]}
              />
            </div>
          </Card>
        ) : null}
        <Card title={t('details')}>
          <DescriptionList
            items={[
              {
                term: t('runBy'),
                detail: application.ownerName ?? <span className="text-muted">{t('statement.ownerUnverified')}</span>,
              },
              { term: t('account'), detail: `${account.name} · ${account.ibanMasked} · ${account.currency}` },
              { term: t('customer'), detail: <span dir="auto">{connection.customerName}</span> },
              { term: t('since'), detail: time(connection.grantedAt) },
              connection.revokedAt
                ? { term: t('revokedSince'), detail: time(connection.revokedAt) }
                : { term: t('statement.until'), detail: t('statement.untilRevoked') },
              {
                term: t('lastUse'),
                detail: connection.lastUsedAt ? (
                  <>
                    {time(connection.lastUsedAt)} · {t('usesInDay', { count: connection.usesInDay })}
                  </>
                ) : (
                  t('never')
                ),
              },
              { term: t('id'), detail: <Mono>{connection.id}</Mono> },
            ]}
          />
        </Card>
        <Card title={t('history')}>
          <ol className="flex flex-col divide-y divide-line">
            {history.filter(isWorthTelling).map((event) => (
              <li
                key={event.id}
                className="flex flex-wrap justify-between gap-x-6 gap-y-0.5 py-2.5 first:pt-0 last:pb-0"
              >
                <span>
                  {t(`events.${eventKey(event)}`)} <span className="text-muted">{who(event, t)}</span>
                </span>
                <Time value={event.at} format="exact" locale={locale} className="text-muted" />
              </li>
            ))}
          </ol>
        </Card>
      </div>
    </>
  )
}

function List({ title, icon, lines }: { title: string; icon: ReactNode; lines: string[] }) {
  return (
    <div>
      <h3 className="mb-2 font-medium">{title}</h3>
      <ul className="flex flex-col gap-2">
        {lines.map((line) => (
          <li key={line} className="flex gap-2">
            {icon}
            <span>{line}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

const EVENTS = {
  'connection.requested': 'requested',
  'connection.granted': 'granted',
  'connection.revoked': 'revoked',
  'connection.code-shown': 'codeShown',
  'disposition.imported': 'imported',
  'disposition.import-refused': 'importRefused',
  'disposition.number-matched': 'numberMatched',
  'disposition.number-wrong': 'numberWrong',
  'disposition.accepted': 'accepted',
  'disposition.result-presented': 'resultPresented',
  'disposition.sent-to-device': 'sentToDevice',
  'phishing.reported': 'phishingReported',
} as const

/** An offer is always told of as the request that it belongs to. */
function isWorthTelling(event: ListedEvent): boolean {
  return event.action !== 'disposition.offered'
}

function eventKey(event: ListedEvent): (typeof EVENTS)[keyof typeof EVENTS] | 'other' {
  return EVENTS[event.action as keyof typeof EVENTS] ?? 'other'
}

type Words = Awaited<ReturnType<typeof getTranslations<'Connections'>>>

function who(event: ListedEvent, t: Words): string {
  if (event.byYou) return t('by.you')
  if (event.actorName) return t('by.name', { name: event.actorName })
  if (event.actorKind === 'application') return t('by.application')
  return event.actorKind === 'person' ? t('by.somebody') : t('by.institution')
}
