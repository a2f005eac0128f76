import { getTranslations } from 'next-intl/server'
import type { ReactNode } from 'react'
import { WalletShell } from '@/components/shell/wallet-shell'

/** While an operation is under way nothing leads away from it but its own buttons. */
export default async function FlowLayout({ children }: { children: ReactNode }) {
  const t = await getTranslations('Wallet')
  return <WalletShell skipLabel={t('skip')}>{children}</WalletShell>
}
