import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { env } from '@/lib/env/env'
import { pageContext } from '@/lib/session/page-context'
import { Scanner } from './scanner'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('Wallet.scan'))('title') }
}

export default async function ScanPage() {
  await pageContext('wallet')
  const t = await getTranslations('Wallet.scan')
  return (
    <>
      <header className="flex flex-col gap-1">
        <h1 className="text-h2">{t('title')}</h1>
        <p className="text-lead text-muted">{t('purpose')}</p>
      </header>
      <Scanner publicOrigin={env().publicUrl.origin} />
    </>
  )
}
