import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { EntryMessage } from '../entry-message'
import { EntryPage } from '../entry-page'
import { type MailedLinkSearch, readMailedLink } from '../mailed-link'
import { ConfirmEmailForm } from './confirm-email-form'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('SignIn'))('confirmTitle'), robots: { index: false } }
}

type Props = { searchParams: Promise<MailedLinkSearch> }

export default async function ConfirmEmailPage({ searchParams }: Props) {
  const link = readMailedLink(await searchParams)
  const t = await getTranslations('SignIn')
  if (link === 'done') {
    return <EntryMessage title={t('confirmedTitle')} purpose={t('confirmed')} href="/sign-in" label={t('signIn')} />
  }
  if (link === 'unusable') {
    return <EntryMessage title={t('linkBadTitle')} purpose={t('linkBad')} href="/sign-in" label={t('signIn')} />
  }
  return (
    <EntryPage title={t('confirmTitle')} purpose={t('confirmPurpose')}>
      <ConfirmEmailForm token={link.token} />
    </EntryPage>
  )
}
