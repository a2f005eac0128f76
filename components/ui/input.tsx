import type { ComponentProps } from 'react'
import { mergeClasses } from './merge-classes'

// 16 px on phones: below that, iOS zooms into a focused field.
export const controlStyle =
  'w-full rounded-md border border-line-strong bg-surface px-3 py-2 text-lead text-ink md:text-body aria-invalid:border-danger-text aria-invalid:ring-1 aria-invalid:ring-danger-text'

export function Input({ className, type = 'text', ...props }: ComponentProps<'input'>) {
  return (
    <input type={type} className={mergeClasses(controlStyle, 'min-h-10 read-only:bg-sunken', className)} {...props} />
  )
}
