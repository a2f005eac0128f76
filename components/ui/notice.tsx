import type { ReactNode } from 'react'
import { MEANINGS, type Meaning } from './meanings'
import { mergeClasses } from './merge-classes'

export type NoticeProps = {
  meaning?: Meaning
  title?: ReactNode
  children?: ReactNode
  action?: ReactNode
  /** Set where it appears after the page has loaded: `alert` interrupts, `status` waits. */
  role?: 'alert' | 'status'
  className?: string
}

export function Notice({ meaning = 'info', title, children, action, role, className }: NoticeProps) {
  const { icon: Icon, text, box } = MEANINGS[meaning]
  return (
    <div role={role} className={mergeClasses('flex gap-3 rounded-md border p-4', box, className)}>
      <Icon aria-hidden className={mergeClasses('mt-0.5 size-4 shrink-0', text)} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        {title ? <p className={mergeClasses('font-semibold', text)}>{title}</p> : null}
        {children ? <div className="max-w-prose text-ink">{children}</div> : null}
        {action ? <div className="mt-2 flex flex-wrap gap-2">{action}</div> : null}
      </div>
    </div>
  )
}
