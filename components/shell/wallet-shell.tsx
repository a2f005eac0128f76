import type { ReactNode } from 'react'
import { Logo } from '@/components/brand/logo'
import { Link } from '@/components/ui/link'
import { SkipLink } from '@/components/ui/skip-link'
import { type NavItem, NavLinks } from './nav-links'

export type WalletShellProps = {
  /** Tabs at the bottom; none while an operation is being decided. */
  nav?: NavItem[]
  navLabel?: string
  skipLabel?: string
  /** Right of the sign: account, settings. */
  account?: ReactNode
  lang?: string
  children: ReactNode
}

/** One column. What a page wants pressed goes into a WalletActions, which stays within the thumb's reach. */
export function WalletShell({ nav, navLabel = 'Wallet', skipLabel, account, lang, children }: WalletShellProps) {
  return (
    <div lang={lang} className="mx-auto flex min-h-dvh w-full max-w-[30rem] flex-col">
      <SkipLink>{skipLabel}</SkipLink>
      <header className="flex min-h-14 items-center justify-between gap-3 px-4">
        <Link href="/wallet" className="flex min-h-11 items-center rounded-md">
          <Logo />
        </Link>
        {account}
      </header>
      <main id="content" tabIndex={-1} className="flex flex-1 flex-col gap-5 px-4 pt-2 pb-6">
        {children}
      </main>
      {nav ? (
        <nav
          aria-label={navLabel}
          className="sticky bottom-0 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)]"
        >
          <NavLinks items={nav} layout="tabs" />
        </nav>
      ) : null}
    </div>
  )
}

/** Buttons of equal width at the bottom of the screen; last child of the wallet's page or form. */
export function WalletActions({ children }: { children: ReactNode }) {
  return (
    <div className="sticky bottom-0 z-10 -mx-4 mt-auto -mb-6 grid auto-cols-fr grid-flow-col gap-3 [&>*]:w-full border-t border-line bg-canvas px-4 pt-3 pb-[max(1rem,env(safe-area-inset-bottom))]">
      {children}
    </div>
  )
}
