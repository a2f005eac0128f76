import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import type { ReactNode } from 'react'
import { ClientMessages } from '@/components/shell/client-messages'
import { WorkerRegistration } from './worker-registration'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('Wallet')
  return {
    title: { default: t('title'), template: `%s · Countersign` },
    manifest: '/wallet/manifest.webmanifest',
    appleWebApp: { capable: true, title: 'Countersign', statusBarStyle: 'default' },
    // Addresses of this area lead to what a person was asked.
    referrer: 'no-referrer',
    robots: { index: false },
  }
}

export default function WalletLayout({ children }: { children: ReactNode }) {
  return (
    <ClientMessages names={['Wallet']}>
      {children}
      <WorkerRegistration />
    </ClientMessages>
  )
}
