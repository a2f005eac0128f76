import type { ComponentProps } from 'react'
import { mergeClasses } from './merge-classes'

export function VisuallyHidden({ className, ...props }: ComponentProps<'span'>) {
  return <span className={mergeClasses('sr-only', className)} {...props} />
}
