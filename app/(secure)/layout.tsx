import { Activity, FileCheck, Landmark, Link2, ShieldCheck } from 'lucide-react'
import { getTranslations } from 'next-intl/server'
import type { ReactNode } from 'react'
import { AccountSwitcher } from '@/components/shell/account-switcher'
import { AppShell } from '@/components/shell/app-shell'
import { ClientMessages } from '@/components/shell/client-messages'
import { getShellLabels } from '@/components/shell/labels'
import { SignOut } from '@/components/shell/sign-out'
import { actForAction, signOutAction } from '@/lib/session/actions'
import { pageContext } from '@/lib/session/page-context'

export default async function SecureLayout({ children }: { children: ReactNode }) {
  const { session } = await pageContext('secure')
  const t = await getTranslations('Security.nav')
  const areas = [
    { area: 'portal' as const, href: '/applications', label: t('portal') },
    { area: 'secure' as const, href: '/connections', label: t('secure') },
  ]
  return (
    <AppShell
      area="secure"
      areas={areas}
      nav={[
        { href: '/accounts', label: t('accounts'), icon: <Landmark aria-hidden /> },
        { href: '/connections', label: t('connections'), icon: <Link2 aria-hidden /> },
        { href: '/consents', label: t('consents'), icon: <FileCheck aria-hidden /> },
        { href: '/security', label: t('security'), icon: <ShieldCheck aria-hidden /> },
        { href: '/activity', label: t('activity'), icon: <Activity aria-hidden /> },
      ]}
      account={
        session.customers.length > 0 ? (
          <AccountSwitcher
            label={t('actingFor')}
            customers={session.customers.map((customer) => ({ ...customer, role: t(customer.role) }))}
            currentId={session.customer?.id}
            action={actForAction}
            emptyLabel={t('nobody')}
          />
        ) : null
      }
      signOut={<SignOut person={session.person.name} action={signOutAction} label={t('signOut')} />}
      labels={await getShellLabels()}
    >
      <ClientMessages names={['Connections.revoke', 'Consents.renew', 'Consents.revoke', 'Security']}>
        {children}
      </ClientMessages>
    </AppShell>
  )
}
