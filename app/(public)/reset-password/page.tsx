import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { LinkButton } from '@/components/ui/link-button'
import { isOpaqueToken } from '@/lib/core/secrets'
import { EntryPage } from '../entry-page'
import { ResetPasswordForm } from './reset-password-form'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('SignIn'))('resetTitle'), robots: { index: false } }
}

type Search = { token?: string; done?: string }

export default async function ResetPasswordPage({ searchParams }: { searchParams: Promise<Search> }) {
  const { token, done } = await searchParams
  const t = await getTranslations('SignIn')
  if (done) {
    return (
      <EntryPage title={t('resetDoneTitle')} purpose={t('resetDone')}>
        <LinkButton href="/sign-in" className="self-start">
          {t('signIn')}
        </LinkButton>
      </EntryPage>
    )
  }
  if (typeof token !== 'string' || !isOpaqueToken(token)) {
    return (
      <EntryPage title={t('linkBadTitle')} purpose={t('linkBad')}>
        <LinkButton href="/recover" className="self-start">
          {t('sendLink')}
        </LinkButton>
      </EntryPage>
    )
  }
  return (
    <EntryPage title={t('resetTitle')} purpose={t('resetPurpose')}>
      <ResetPasswordForm token={token} />
    </EntryPage>
  )
}
