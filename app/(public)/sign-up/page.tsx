import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Link } from '@/components/ui/link'
import { EntryPage } from '../entry-page'
import { SignUpForm } from './sign-up-form'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('SignIn'))('signUpTitle') }
}

export default async function SignUpPage() {
  const t = await getTranslations('SignIn')
  return (
    <EntryPage title={t('signUpTitle')} purpose={t('signUpPurpose')}>
      <SignUpForm />
      <p className="text-muted">
        {t('haveAccount')}{' '}
        <Link className="link" href="/sign-in">
          {t('signIn')}
        </Link>
      </p>
    </EntryPage>
  )
}
