import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { EntryMessage } from '../entry-message'
import { EntryPage } from '../entry-page'
import { type MailedLinkSearch, readMailedLink } from '../mailed-link'
import { ResetPasswordForm } from './reset-password-form'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('SignIn'))('resetTitle'), robots: { index: false } }
}

type Props = { searchParams: Promise<MailedLinkSearch> }

export default async function ResetPasswordPage({ searchParams }: Props) {
  const link = readMailedLink(await searchParams)
  const t = await getTranslations('SignIn')
  if (link === 'done') {
    return <EntryMessage title={t('resetDoneTitle')} purpose={t('resetDone')} href="/sign-in" label={t('signIn')} />
  }
  if (link === 'unusable') {
    return <EntryMessage title={t('linkBadTitle')} purpose={t('linkBad')} href="/recover" label={t('sendLink')} />
  }
  return (
    <EntryPage title={t('resetTitle')} purpose={t('resetPurpose')}>
      <ResetPasswordForm token={link.token} />
    </EntryPage>
  )
}
