'use client'

import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { Link } from '@/components/ui/link'
import { mergeClasses } from '@/components/ui/merge-classes'

export type NavItem = { href: string; label: string; icon: ReactNode }

const LINK = {
  column:
    'flex min-h-9 items-center gap-3 rounded-md px-3 py-1.5 text-muted hover:bg-sunken hover:text-ink aria-[current]:bg-accent-surface aria-[current]:font-medium aria-[current]:text-accent-text max-lg:min-h-11',
  tabs: 'flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 px-1 text-meta text-muted aria-[current]:font-medium aria-[current]:text-accent-text',
}

/** The item whose address is the longest beginning of the present one is current. */
export function NavLinks({ items, layout = 'column' }: { items: NavItem[]; layout?: 'column' | 'tabs' }) {
  const pathname = usePathname()
  const current = items
    .filter(({ href }) => pathname === href || pathname.startsWith(`${href}/`))
    .toSorted((a, b) => b.href.length - a.href.length)[0]
  return (
    <ul className={layout === 'column' ? 'flex flex-col gap-0.5' : 'flex'}>
      {items.map((item) => (
        <li key={item.href} className={layout === 'tabs' ? 'flex flex-1' : undefined}>
          <Link
            href={item.href}
            aria-current={item === current ? (pathname === item.href ? 'page' : 'true') : undefined}
            className={mergeClasses(
              LINK[layout],
              '[&_svg]:size-4 [&_svg]:shrink-0',
              layout === 'tabs' && '[&_svg]:size-5',
            )}
          >
            {item.icon}
            <span className={layout === 'tabs' ? 'max-w-full truncate' : 'min-w-0'}>{item.label}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
