import { getLocale, getTranslations } from 'next-intl/server'
import { Link } from '@/components/ui/link'
import { Notice } from '@/components/ui/notice'
import type { OwnedConsent } from '@/lib/consents/schema'
import type { VisitedRequest } from '@/lib/oauth/authorization/visit-request'

type GivenBeforeProps = { consents: OwnedConsent[]; request: VisitedRequest }

/** Whoever has a consent with this application ends what they deny here (ADR-0125): they read it first. */
export async function GivenBefore({ consents, request }: GivenBeforeProps) {
  const own = consents.filter(
    ({ application, environment, givenByYou }) =>
      givenByYou && application.id === request.applicationId && environment === request.environment,
  )
  if (own.length === 0) return null
  const t = await getTranslations('AuthWeb.before')
  const customers = new Intl.ListFormat(await getLocale()).format(own.map(({ customerName }) => customerName))
  return (
    <Notice title={t('title')}>
      {t('text', { customers })}{' '}
      <Link className="link" href="/consents">
        {t('see')}
      </Link>
    </Notice>
  )
}
