import type { ComponentProps } from 'react'
import { controlStyle } from './input'
import { mergeClasses } from './merge-classes'

export function Textarea({ className, rows = 4, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea
      rows={rows}
      className={mergeClasses(controlStyle, 'resize-y read-only:bg-sunken', className)}
      {...props}
    />
  )
}
