import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { EntryPage } from '../entry-page'
import { RecoverForm } from './recover-form'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('SignIn'))('recoverTitle') }
}

export default async function RecoverPage() {
  const t = await getTranslations('SignIn')
  return (
    <EntryPage title={t('recoverTitle')} purpose={t('recoverPurpose')}>
      <RecoverForm />
    </EntryPage>
  )
}
