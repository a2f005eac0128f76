import { getLocale, getTranslations } from 'next-intl/server'
import { Link } from '@/components/ui/link'
import { Notice } from '@/components/ui/notice'

/** Whoever has a consent with this application ends what they deny here (ADR-0125): they read it first. */
export async function GivenBefore({ customerNames }: { customerNames: string[] }) {
  if (customerNames.length === 0) return null
  const t = await getTranslations('AuthWeb.before')
  const customers = new Intl.ListFormat(await getLocale()).format(customerNames)
  return (
    <Notice title={t('title')}>
      {t('text', { customers })}{' '}
      <Link className="link" href="/consents">
        {t('see')}
      </Link>
    </Notice>
  )
}
