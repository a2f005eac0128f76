import { ChevronDown } from 'lucide-react'
import type { ComponentProps } from 'react'
import { controlStyle } from './input'
import { mergeClasses } from './merge-classes'

/** The browser's own select: options are children. */
export function Select({ className, defaultValue, ...props }: ComponentProps<'select'>) {
  return (
    <div className="relative">
      <select
        // React resets a form after its action but leaves a select's old default in place; a new key takes the new one.
        key={String(defaultValue ?? '')}
        defaultValue={defaultValue}
        className={mergeClasses(controlStyle, 'min-h-10 cursor-pointer appearance-none pr-10', className)}
        {...props}
      />
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-muted"
      />
    </div>
  )
}
