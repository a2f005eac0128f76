import type { ReactNode } from 'react'
import { Logo } from '@/components/brand/logo'
import { Link } from '@/components/ui/link'
import { LinkButton } from '@/components/ui/link-button'
import { SkipLink } from '@/components/ui/skip-link'
import { LanguageSwitch } from './language-switch'
import { ThemeSwitch } from './theme-switch'
import type { ThemeSwitchLabels } from './theme-switch-buttons'

export type PublicShellLabels = {
  skip: string
  account: string
  signIn: string
  signUp: string
  theme: ThemeSwitchLabels
  /** Given where the page's words come in every language. */
  language?: string
}

const ENGLISH: PublicShellLabels = {
  skip: 'Skip to content',
  account: 'Account',
  signIn: 'Sign in',
  signUp: 'Create account',
  theme: { theme: 'Theme', system: 'As the system', light: 'Light', dark: 'Dark' },
}

export type PublicShellProps = {
  /** Right side of the header; links to sign in and sign up where it is not given. */
  actions?: ReactNode
  footer?: ReactNode
  labels?: PublicShellLabels
  lang?: string
  children: ReactNode
}

export function PublicShell({ actions, footer, labels = ENGLISH, lang, children }: PublicShellProps) {
  return (
    <div lang={lang} className="flex min-h-dvh flex-col">
      <SkipLink>{labels.skip}</SkipLink>
      <header className="border-b border-line bg-surface px-4 lg:px-10">
        <div className="mx-auto flex min-h-16 w-full max-w-content items-center justify-between gap-3">
          <Link href="/" className="flex min-h-11 items-center rounded-md">
            <Logo />
          </Link>
          <nav aria-label={labels.account} className="flex items-center gap-1 sm:gap-2">
            {actions === undefined ? (
              <>
                <LinkButton href="/sign-in" variant="ghost" className="max-sm:px-3">
                  {labels.signIn}
                </LinkButton>
                <LinkButton href="/sign-up" variant="secondary" className="max-sm:hidden">
                  {labels.signUp}
                </LinkButton>
              </>
            ) : (
              actions
            )}
          </nav>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="page-grid flex-1">
        {children}
      </main>
      <footer className="border-t border-line px-4 lg:px-10">
        <div className="mx-auto flex w-full max-w-content flex-wrap items-center justify-between gap-4 py-4 text-meta text-muted">
          <div>{footer ?? 'Countersign'}</div>
          <div className="flex flex-wrap items-center gap-3">
            {labels.language ? <LanguageSwitch label={labels.language} /> : null}
            <ThemeSwitch labels={labels.theme} />
          </div>
        </div>
      </footer>
    </div>
  )
}
