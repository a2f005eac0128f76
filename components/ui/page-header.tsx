import type { ReactNode } from 'react'
import { Breadcrumb, type Crumb } from './breadcrumb'

export type PageHeaderProps = {
  /** The page's one h1. */
  title: ReactNode
  /** One sentence. */
  purpose?: ReactNode
  /** The primary action. */
  action?: ReactNode
  breadcrumb?: Crumb[]
  /** Beside the title: status, environment. */
  badges?: ReactNode
}

export function PageHeader({ title, purpose, action, breadcrumb, badges }: PageHeaderProps) {
  return (
    <header className="mb-6 flex flex-col gap-2 sm:mb-8">
      {breadcrumb ? <Breadcrumb crumbs={breadcrumb} /> : null}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="min-w-0 max-w-full flex-1 basis-80">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-h2 break-words">{title}</h1>
            {badges}
          </div>
          {purpose ? <p className="mt-1 max-w-prose text-muted">{purpose}</p> : null}
        </div>
        {action ? <div className="flex flex-wrap gap-2">{action}</div> : null}
      </div>
    </header>
  )
}
