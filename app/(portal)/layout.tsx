import { AppWindow, Building2 } from 'lucide-react'
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { AccountSwitcher } from '@/components/shell/account-switcher'
import { AppShell } from '@/components/shell/app-shell'
import { SignOut } from '@/components/shell/sign-out'
import { signOutAction } from '@/lib/session/actions'
import { pageContext } from '@/lib/session/page-context'
import { switchCustomer } from './customers/actions'

export const metadata: Metadata = { title: { default: 'Developer portal', template: '%s · Countersign' } }

const AREAS = [
  { area: 'portal' as const, href: '/applications', label: 'Developer portal' },
  { area: 'secure' as const, href: '/connections', label: 'Secure area' },
]

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const { session } = await pageContext('portal')
  return (
    <AppShell
      area="portal"
      lang="en"
      areas={AREAS}
      nav={[
        { href: '/applications', label: 'Applications', icon: <AppWindow aria-hidden /> },
        { href: '/customers', label: 'Your businesses', icon: <Building2 aria-hidden /> },
      ]}
      account={
        session.customers.length > 0 ? (
          <AccountSwitcher
            label="Acting for"
            customers={session.customers.map(({ id, name, kind, role }) => ({
              id,
              name,
              kind,
              role: role === 'owner' ? 'Owner' : 'Viewer',
            }))}
            currentId={session.customer?.id}
            action={switchCustomer}
            emptyLabel="Choose whom you act for"
          />
        ) : null
      }
      signOut={<SignOut person={session.person.name} action={signOutAction} />}
    >
      {children}
    </AppShell>
  )
}
