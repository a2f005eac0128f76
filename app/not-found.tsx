import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { MissingPage } from '@/components/shell/missing-page'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('ErrorPages')
  return { title: t('missingTitle') }
}

export default function NotFound() {
  return <MissingPage />
}
