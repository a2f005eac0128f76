import type { ReactNode } from 'react'
import { ClientMessages } from '@/components/shell/client-messages'
import { getShellLabels } from '@/components/shell/labels'
import { PublicShell } from '@/components/shell/public-shell'

/** Whoever comes here was sent by an application and goes back to it: no ways to anywhere else in the header. */
export default async function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <PublicShell labels={await getShellLabels()} actions={null}>
      <ClientMessages names={['AuthWeb', 'WalletConsent']}>{children}</ClientMessages>
    </PublicShell>
  )
}
