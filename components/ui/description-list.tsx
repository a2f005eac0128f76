import type { ReactNode } from 'react'
import { mergeClasses } from './merge-classes'

export type DescriptionListProps = {
  items: { term: string; detail: ReactNode }[]
  className?: string
}

export function DescriptionList({ items, className }: DescriptionListProps) {
  return (
    <dl className={mergeClasses('flex flex-col divide-y divide-line', className)}>
      {items.map(({ term, detail }) => (
        <div
          key={term}
          className="grid gap-x-6 gap-y-0.5 py-2.5 first:pt-0 last:pb-0 sm:grid-cols-[12rem_minmax(0,1fr)]"
        >
          <dt className="text-muted">{term}</dt>
          <dd className="min-w-0 break-words">{detail}</dd>
        </div>
      ))}
    </dl>
  )
}
