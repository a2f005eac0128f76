import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { currentSession, opensArea } from '@/lib/session/current-session'
import { ImportScreen } from './import-screen'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('Wallet.import'))('title') }
}

/**
 * Where QR codes and deeplinks lead. Open to everybody: a redirect to sign-in from here would carry the fragment, and so
 * the import token, along into the next address.
 */
export default async function DeeplinkPage() {
  const session = await currentSession()
  return <ImportScreen isSignedIn={session !== null && opensArea(session, 'wallet')} />
}
