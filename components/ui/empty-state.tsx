import type { ReactNode } from 'react'
import { Link } from './link'

export type EmptyStateProps = {
  icon?: ReactNode
  /** "No applications yet" */
  title: string
  /** What this is and why one would want it. */
  children: ReactNode
  action?: ReactNode
  guide?: { href: string; label: string }
}

export function EmptyState({ icon, title, children, action, guide }: EmptyStateProps) {
  return (
    <section className="flex flex-col items-start gap-4 rounded-md border border-line bg-surface p-6 sm:p-8">
      {icon ? (
        <span className="flex size-10 items-center justify-center rounded-md border border-line bg-sunken text-muted [&_svg]:size-5">
          {icon}
        </span>
      ) : null}
      {/* Lines of code in it scroll, and do not widen the page. */}
      <div className="max-w-full">
        <h2 className="text-lead">{title}</h2>
        <div className="max-w-prose text-muted">{children}</div>
      </div>
      {action || guide ? (
        <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
          {action}
          {guide ? (
            <Link href={guide.href} className="link">
              {guide.label}
            </Link>
          ) : null}
        </div>
      ) : null}
    </section>
  )
}
