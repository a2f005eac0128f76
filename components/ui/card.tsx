import type { ComponentProps, ReactNode } from 'react'
import { mergeClasses } from './merge-classes'

export type CardProps = Omit<ComponentProps<'section'>, 'title'> & {
  title?: ReactNode
  /** One line under the title. */
  description?: ReactNode
  /** Right of the title. */
  action?: ReactNode
  /** Below a hairline. */
  footer?: ReactNode
  /** Level of the title's heading. */
  level?: 2 | 3
}

export function Card({ title, description, action, footer, level = 2, className, children, ...props }: CardProps) {
  const Heading = level === 2 ? 'h2' : 'h3'
  return (
    <section className={mergeClasses('rounded-md border border-line bg-surface', className)} {...props}>
      {title ? (
        <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-4 sm:px-6 sm:pt-5">
          <div className="min-w-0">
            <Heading className="text-lead font-semibold">{title}</Heading>
            {description ? <p className="max-w-prose text-muted">{description}</p> : null}
          </div>
          {action}
        </header>
      ) : null}
      <div className="px-4 py-4 sm:px-6 sm:py-5">{children}</div>
      {footer ? <footer className="border-t border-line px-4 py-3 sm:px-6">{footer}</footer> : null}
    </section>
  )
}
