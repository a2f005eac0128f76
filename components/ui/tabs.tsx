'use client'

import { useEffect, useRef } from 'react'
import { Link } from './link'

export type TabsProps = {
  label: string
  tabs: { href: string; label: string; count?: number }[]
  /** The `href` of the tab shown. */
  current: string
  /** What is shown is not the tab's own page, but one below it. */
  isBelow?: boolean
}

/** Views of one thing, each with its own address. Where they do not all fit, the one shown is scrolled to. */
export function Tabs({ label, tabs, current, isBelow = false }: TabsProps) {
  const strip = useRef<HTMLElement>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: which one is current is read from the links
  useEffect(() => {
    const tab = strip.current?.querySelector('[aria-current]')
    if (!strip.current || !tab) return
    const [outer, inner] = [strip.current.getBoundingClientRect(), tab.getBoundingClientRect()]
    strip.current.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2)
  }, [current])

  return (
    <nav ref={strip} aria-label={label} className="mb-6 overflow-x-auto border-b border-line">
      <ul className="flex gap-5">
        {tabs.map((tab) => (
          <li key={tab.href}>
            <Link
              href={tab.href}
              aria-current={tab.href === current ? (isBelow ? 'true' : 'page') : undefined}
              className="flex min-h-11 items-center gap-1.5 border-b-2 border-transparent whitespace-nowrap text-muted -outline-offset-2 hover:text-ink aria-[current]:border-accent aria-[current]:font-medium aria-[current]:text-ink"
            >
              {tab.label}
              {tab.count === undefined ? null : <span className="text-meta text-muted tabular">{tab.count}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
