'use client'

import { type LucideIcon, Monitor, Moon, Sun } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import type { Theme } from './theme'

export type ThemeSwitchLabels = { theme: string; system: string; light: string; dark: string }

const ENGLISH: ThemeSwitchLabels = { theme: 'Theme', system: 'As the system', light: 'Light', dark: 'Dark' }

const CHOICES: { theme: Theme; icon: LucideIcon }[] = [
  { theme: 'system', icon: Monitor },
  { theme: 'light', icon: Sun },
  { theme: 'dark', icon: Moon },
]

const YEAR_SECONDS = 365 * 24 * 60 * 60

/** The attribute on <html> is the one truth in the browser: a shell shows this switch twice, and both must agree. */
export function ThemeSwitchButtons({ initial, labels = ENGLISH }: { initial: Theme; labels?: ThemeSwitchLabels }) {
  const chosen = useSyncExternalStore(watchTheme, readTheme, () => initial)
  return (
    <fieldset className="inline-flex self-start rounded-md border border-line bg-sunken p-0.5">
      <legend className="sr-only">{labels.theme}</legend>
      {CHOICES.map(({ theme, icon: Icon }) => (
        <button
          key={theme}
          type="button"
          aria-pressed={chosen === theme}
          aria-label={labels[theme]}
          title={labels[theme]}
          onClick={() => chooseTheme(theme)}
          className="flex h-8 w-9 items-center justify-center rounded-[6px] text-muted hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-[0_0_0_1px_var(--color-line-strong)]"
        >
          <Icon aria-hidden className="size-4" />
        </button>
      ))}
    </fieldset>
  )
}

function chooseTheme(theme: Theme) {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  const age = theme === 'system' ? 0 : YEAR_SECONDS
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is absent from plain-HTTP pages
  document.cookie = `theme=${theme}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

function readTheme(): Theme {
  const value = document.documentElement.dataset.theme
  return value === 'light' || value === 'dark' ? value : 'system'
}

function watchTheme(changed: () => void) {
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => observer.disconnect()
}
