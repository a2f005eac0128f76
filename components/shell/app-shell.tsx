import { Menu } from 'lucide-react'
import type { ReactNode } from 'react'
import { Logo } from '@/components/brand/logo'
import { Link } from '@/components/ui/link'
import { Sheet } from '@/components/ui/sheet'
import { SkipLink } from '@/components/ui/skip-link'
import { type NavItem, NavLinks } from './nav-links'
import { ThemeSwitch } from './theme-switch'
import type { ThemeSwitchLabels } from './theme-switch-buttons'

export type Area = 'portal' | 'secure' | 'operator'

export type ShellLabels = {
  skip: string
  menu: string
  close: string
  /** Name of the navigation within the area. */
  pages: string
  /** Name of the navigation between areas. */
  areas: string
  theme: ThemeSwitchLabels
}

const ENGLISH: ShellLabels = {
  skip: 'Skip to content',
  menu: 'Menu',
  close: 'Close',
  pages: 'Main',
  areas: 'Areas',
  theme: { theme: 'Theme', system: 'As the system', light: 'Light', dark: 'Dark' },
}

export type AppShellProps = {
  area: Area
  nav: NavItem[]
  /** The areas this person may enter; the one that is `area` is marked. */
  areas: { area: Area; href: string; label: string }[]
  /** Which Customer the person acts for: an AccountSwitcher. */
  account?: ReactNode
  /** Who is signed in, and the way out: a SignOut. */
  signOut?: ReactNode
  /** Above everything: an EnvironmentBar, a notice for the whole area. */
  banner?: ReactNode
  labels?: ShellLabels
  /** Language of the words in this area, where it differs from the document's. */
  lang?: string
  children: ReactNode
}

/**
 * Navigation on the left from 1024 px, a bar with a sheet below that. `children` are laid on the page grid: a direct
 * child takes the content column, one with `page-bleed` (EnvironmentBar) the whole width.
 */
export function AppShell({
  area,
  nav,
  areas,
  account,
  signOut,
  banner,
  labels = ENGLISH,
  lang,
  children,
}: AppShellProps) {
  const menu = (
    <>
      {areas.length > 1 ? (
        <nav aria-label={labels.areas}>
          <ul className="flex flex-col gap-0.5 rounded-md border border-line bg-sunken p-0.5">
            {areas.map((item) => (
              <li key={item.area}>
                <Link
                  href={item.href}
                  aria-current={item.area === area ? 'true' : undefined}
                  className="flex min-h-8 items-center rounded-[6px] px-2.5 py-1 text-muted hover:text-ink aria-[current]:bg-surface aria-[current]:font-medium aria-[current]:text-ink aria-[current]:shadow-[0_0_0_1px_var(--color-line-strong)] max-lg:min-h-11"
                >
                  {item.label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      ) : null}
      {account}
      <nav aria-label={labels.pages} className="flex-1">
        <NavLinks items={nav} />
      </nav>
      <div className="flex flex-col gap-3 border-t border-line pt-4">
        {signOut}
        <ThemeSwitch labels={labels.theme} />
      </div>
    </>
  )
  const label = areas.find((item) => item.area === area)?.label

  return (
    <div lang={lang} className="flex min-h-dvh flex-col">
      <SkipLink>{labels.skip}</SkipLink>
      {banner}
      <div className="flex flex-1 flex-col lg:grid lg:grid-cols-[15.5rem_minmax(0,1fr)]">
        <header className="sticky top-0 z-30 flex min-h-14 items-center justify-between gap-2 border-b border-line bg-surface pr-2 pl-4 lg:hidden">
          <Link href="/" className="flex min-h-11 items-center rounded-md">
            <Logo />
          </Link>
          <div className="flex min-w-0 items-center gap-1">
            <span className="truncate text-meta text-muted max-[22rem]:hidden">{label}</span>
            <Sheet
              id="shell-menu"
              label={label ?? labels.menu}
              trigger={<Menu aria-hidden />}
              triggerLabel={labels.menu}
              closeLabel={labels.close}
            >
              <div className="flex flex-1 flex-col gap-5">{menu}</div>
            </Sheet>
          </div>
        </header>
        <aside className="sticky top-0 hidden h-dvh flex-col gap-5 overflow-y-auto border-r border-line bg-surface p-4 lg:flex">
          <Link href="/" className="flex min-h-10 items-center self-start rounded-md px-1">
            <Logo />
          </Link>
          {menu}
        </aside>
        <main id="content" tabIndex={-1} className="page-grid min-w-0 flex-1">
          {children}
        </main>
      </div>
    </div>
  )
}
