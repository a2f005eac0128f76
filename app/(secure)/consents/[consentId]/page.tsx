import { Check, X } from 'lucide-react'
import type { Metadata } from 'next'
import { getLocale, getTranslations } from 'next-intl/server'
import type { ReactNode } from 'react'
import { Card } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { DescriptionList } from '@/components/ui/description-list'
import { EnvironmentBadge, EnvironmentBar } from '@/components/ui/environment'
import { Mono } from '@/components/ui/mono'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { StatusBadge } from '@/components/ui/status-badge'
import { Time } from '@/components/ui/time'
import { describeScopes, localeOf } from '@/lib/consents/describe-scopes'
import { getConsent } from '@/lib/consents/get-consent'
import { listConsentHistory } from '@/lib/consents/list-consent-history'
import { CONSENT_NOTICE_DAYS, type OwnedConsent } from '@/lib/consents/schema'
import { addDays } from '@/lib/core/time'
import { orNotFound } from '@/lib/http/or-not-found'
import { pageContext } from '@/lib/session/page-context'
import { ConsentHistory } from './consent-history'
import { RenewForm } from './renew-form'
import { RevokeDialog } from './revoke-dialog'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('Consents'))('one') }
}

export default async function ConsentPage({ params }: { params: Promise<{ consentId: string }> }) {
  const { ctx } = await pageContext('secure')
  const consent = await orNotFound(getConsent(ctx, await params))
  const history = await listConsentHistory(ctx, { consentId: consent.id })
  const t = await getTranslations('Consents')
  const locale = await getLocale()
  const { application, status } = consent
  const scopes = describeScopes(consent.scopes, localeOf(locale))
  const endsSoon = status === 'GRANTED' && consent.expiresAt <= addDays(ctx.now, CONSENT_NOTICE_DAYS[0])
  const time = (value: Date) => <Time value={value} now={ctx.now} locale={locale} />

  return (
    <>
      <EnvironmentBar environment={consent.environment} label={t('sandbox')} description={t('sandboxDescription')} />
      <PageHeader
        title={<span dir="auto">{application.name}</span>}
        purpose={t('onePurpose')}
        breadcrumb={[{ label: t('title'), href: '/consents' }, { label: application.name }]}
        badges={
          <>
            <StatusBadge status={status} label={t(`statuses.${status}`)} />
            <EnvironmentBadge environment={consent.environment} label={t(consent.environment)} />
          </>
        }
        action={
          status === 'GRANTED' && consent.canRevoke ? (
            <RevokeDialog
              consentId={consent.id}
              applicationName={application.name}
              customerName={consent.customerName}
              scopes={scopes}
              lastUsedAt={consent.lastUsedAt}
              now={ctx.now}
            />
          ) : null
        }
      />
      <div className="flex flex-col gap-6">
        {status === 'REVOKED' ? (
          <Notice meaning="info" title={t('revokedTitle')}>
            {t(`reasons.${consent.revokedReason ?? 'withdrawn'}`)}
          </Notice>
        ) : null}
        {status === 'EXPIRED' ? (
          <Notice meaning="info" title={t('expiredTitle')}>
            {t('expiredText')}
          </Notice>
        ) : null}
        {status === 'GRANTED' && application.isSuspended ? (
          <Notice meaning="warning" title={t('suspendedTitle')}>
            {t('suspendedText')}
          </Notice>
        ) : null}
        {endsSoon && !application.isSuspended ? (
          <Notice meaning="warning" title={t('endsSoonTitle')}>
            {consent.canRenew ? t('endsSoonText') : t('endsSoonOther', { name: consent.giverName })}
          </Notice>
        ) : null}
        {status === 'GRANTED' && !consent.canRevoke ? <Notice meaning="info">{t('viewerText')}</Notice> : null}
        <Card title={status === 'GRANTED' ? t('mayDo') : t('mightDo')}>
          <div className="grid gap-6 sm:grid-cols-2">
            <List
              title={t('can')}
              icon={<Check aria-hidden className="mt-0.5 size-4 shrink-0 text-success-text" />}
              lines={scopes}
            />
            <List
              title={t('cannot')}
              icon={<X aria-hidden className="mt-0.5 size-4 shrink-0 text-danger-text" />}
              lines={[t('cannotOthers', { customer: consent.customerName }), t('cannotMore')]}
            />
          </div>
        </Card>
        {consent.authorizationDetails ? (
          <CodeBlock label={t('payments')} code={JSON.stringify(consent.authorizationDetails, null, 2)} />
        ) : null}
        <Card title={t('details')}>
          <div className="flex flex-col gap-5">
            <DescriptionList items={detailsOf(consent, t, time)} />
            {consent.canRenew ? (
              <RenewForm consentId={consent.id} variant={endsSoon ? 'primary' : 'secondary'} />
            ) : null}
          </div>
        </Card>
        <Card title={t('history')}>
          <ConsentHistory events={history} />
        </Card>
      </div>
    </>
  )
}

type Words = Awaited<ReturnType<typeof getTranslations<'Consents'>>>

function detailsOf(consent: OwnedConsent, t: Words, time: (value: Date) => ReactNode) {
  const { application } = consent
  return [
    {
      term: t('runBy'),
      detail: application.ownerName ?? <span className="text-muted">{t('ownerUnverified')}</span>,
    },
    { term: t('for'), detail: <span dir="auto">{consent.customerName}</span> },
    {
      term: t('givenBy'),
      detail: consent.givenByYou ? t('you') : <span dir="auto">{consent.giverName}</span>,
    },
    { term: t('since'), detail: time(consent.grantedAt) },
    ...(consent.renewedAt ? [{ term: t('renewed'), detail: time(consent.renewedAt) }] : []),
    consent.revokedAt
      ? { term: t('endedSince'), detail: time(consent.revokedAt) }
      : { term: t('until'), detail: time(consent.expiresAt) },
    {
      term: t('lastUse'),
      detail: consent.lastUsedAt ? (
        <>
          {time(consent.lastUsedAt)} · {t('usesInDay', { count: consent.usesInDay })}
        </>
      ) : (
        t('never')
      ),
    },
    { term: t('id'), detail: <Mono>{consent.id}</Mono> },
  ]
}

function List({ title, icon, lines }: { title: string; icon: ReactNode; lines: string[] }) {
  return (
    <div>
      <h3 className="mb-2 font-medium">{title}</h3>
      <ul className="flex flex-col gap-2">
        {lines.map((line) => (
          <li key={line} className="flex gap-2">
            {icon}
            <span dir="auto">{line}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
