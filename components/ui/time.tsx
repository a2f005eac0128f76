'use client'

import { useEffect, useState, useSyncExternalStore } from 'react'
import { formatExact, formatRelative } from './format-time'
import { mergeClasses } from './merge-classes'

export type TimeProps = {
  value: Date | string
  /** The server's clock when the page was made, so that server and browser first say the same. */
  now?: Date
  /** `exact` for logs. */
  format?: 'relative' | 'exact'
  locale?: string
  className?: string
}

const REFRESH_MS = 30_000

/** Relative, with the exact moment on hover and, in its place, on focus. UTC until the browser's zone is known. */
export function Time({ value, now, format = 'relative', locale = 'en', className }: TimeProps) {
  const moment = new Date(value)
  const [current, setCurrent] = useState(() => now ?? new Date())
  const timeZone = useSyncExternalStore(watchNothing, browserTimeZone, () => 'UTC')

  useEffect(() => {
    if (format === 'exact') return
    const timer = setInterval(() => setCurrent(new Date()), REFRESH_MS)
    return () => clearInterval(timer)
  }, [format])

  const exact = formatExact(moment, timeZone, locale)
  if (format === 'exact') {
    return (
      <time dateTime={moment.toISOString()} className={mergeClasses('tabular', className)} suppressHydrationWarning>
        {exact}
      </time>
    )
  }
  return (
    <time
      dateTime={moment.toISOString()}
      title={exact}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the exact moment shows on focus, for keyboard and touch
      tabIndex={0}
      className={mergeClasses('group rounded-sm tabular', className)}
      suppressHydrationWarning
    >
      <span className="whitespace-nowrap group-focus:hidden" suppressHydrationWarning>
        {formatRelative(moment, current, locale)}
      </span>
      <span className="hidden group-focus:inline" suppressHydrationWarning>
        {exact}
      </span>
    </time>
  )
}

function browserTimeZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}

function watchNothing() {
  return () => {}
}
