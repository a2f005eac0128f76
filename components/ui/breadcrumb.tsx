import { ChevronRight } from 'lucide-react'
import { Link } from './link'

export type Crumb = { label: string; href?: string }

/** The way down to this page; the last crumb is the page itself and has no link. */
export function Breadcrumb({ crumbs, label = 'Breadcrumb' }: { crumbs: Crumb[]; label?: string }) {
  return (
    <nav aria-label={label}>
      <ol className="flex flex-wrap items-center gap-1 text-meta text-muted">
        {crumbs.map((crumb, index) => (
          <li key={`${crumb.href ?? ''}${crumb.label}`} className="flex min-w-0 items-center gap-1">
            {index > 0 ? <ChevronRight aria-hidden className="size-3.5 shrink-0" /> : null}
            {crumb.href ? (
              <Link
                href={crumb.href}
                className="max-w-64 truncate rounded-sm py-1 underline-offset-2 hover:text-ink hover:underline"
              >
                <bdi>{crumb.label}</bdi>
              </Link>
            ) : (
              <span aria-current="page" className="max-w-64 truncate py-1 text-ink">
                <bdi>{crumb.label}</bdi>
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}
