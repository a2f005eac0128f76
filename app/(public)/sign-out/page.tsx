import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { LinkButton } from '@/components/ui/link-button'
import { SubmitButton } from '@/components/ui/submit-button'
import { signOutAction } from '@/lib/session/actions'
import { currentSession } from '@/lib/session/current-session'
import { EntryPage } from '../entry-page'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('SignIn'))('signOut') }
}

/** Asks while somebody is signed in, says so once nobody is: opening an address signs nobody out. */
export default async function SignOutPage() {
  const t = await getTranslations('SignIn')
  const session = await currentSession()
  if (!session) {
    return (
      <EntryPage title={t('signedOutTitle')} purpose={t('signedOut')}>
        <LinkButton href="/sign-in" className="self-start">
          {t('signInAgain')}
        </LinkButton>
      </EntryPage>
    )
  }
  return (
    <EntryPage title={t('signOutTitle')} purpose={session.person.email}>
      <form action={signOutAction}>
        <SubmitButton pendingLabel={t('working')}>{t('signOut')}</SubmitButton>
      </form>
    </EntryPage>
  )
}
