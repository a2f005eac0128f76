'use client'

import { useEffect, useRef, useState } from 'react'
import { formatRemaining } from './format-time'
import { mergeClasses } from './merge-classes'
import { VisuallyHidden } from './visually-hidden'

export type CountdownProps = {
  until: Date | string
  /** The server's clock when the page was made: the browser's own may be wrong, so only elapsed time is measured. */
  now: Date | string
  /** With `{time}` where the words for the rest go. */
  label?: string
  /** At zero. Only the server decides expiry; this merely stops promising. */
  overLabel?: string
  locale?: string
  className?: string
}

export function Countdown({
  until,
  now,
  label = 'Expires in {time}',
  overLabel = 'Time is up',
  locale = 'en',
  className,
}: CountdownProps) {
  const total = new Date(until).getTime() - new Date(now).getTime()
  const [left, setLeft] = useState(total)
  const started = useRef(0)

  useEffect(() => {
    started.current = performance.now()
    const timer = setInterval(() => setLeft(total - (performance.now() - started.current)), 1000)
    return () => clearInterval(timer)
  }, [total])

  const words = left > 0 ? label.replace('{time}', formatRemaining(left, locale)) : overLabel
  return (
    <>
      <span role="timer" className={mergeClasses('tabular', className)}>
        {words}
      </span>
      <VisuallyHidden role="status">{announced(left) ? words : ''}</VisuallyHidden>
    </>
  )
}

// Read out at a minute, at half a minute and at the end, not every second.
function announced(left: number) {
  const seconds = Math.ceil(left / 1000)
  return seconds === 60 || seconds === 30 || seconds <= 0
}
