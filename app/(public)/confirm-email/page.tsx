import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { LinkButton } from '@/components/ui/link-button'
import { isOpaqueToken } from '@/lib/core/secrets'
import { EntryPage } from '../entry-page'
import { ConfirmEmailForm } from './confirm-email-form'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('SignIn'))('confirmTitle'), robots: { index: false } }
}

type Search = { token?: string; done?: string }

/** Opening the link changes nothing yet: scanners of mail open links too. */
export default async function ConfirmEmailPage({ searchParams }: { searchParams: Promise<Search> }) {
  const { token, done } = await searchParams
  const t = await getTranslations('SignIn')
  if (done) {
    return (
      <EntryPage title={t('confirmedTitle')} purpose={t('confirmed')}>
        <LinkButton href="/sign-in" className="self-start">
          {t('signIn')}
        </LinkButton>
      </EntryPage>
    )
  }
  if (typeof token !== 'string' || !isOpaqueToken(token)) {
    return (
      <EntryPage title={t('linkBadTitle')} purpose={t('linkBad')}>
        <LinkButton href="/sign-in" className="self-start">
          {t('signIn')}
        </LinkButton>
      </EntryPage>
    )
  }
  return (
    <EntryPage title={t('confirmTitle')} purpose={t('confirmPurpose')}>
      <ConfirmEmailForm token={token} />
    </EntryPage>
  )
}
