import { type ClassValue, clsx } from 'clsx'
import { extendTailwindMerge } from 'tailwind-merge'

const merge = extendTailwindMerge({
  extend: {
    theme: {
      text: ['meta', 'body', 'lead', 'h1', 'h2', 'h3'],
      radius: ['sm', 'md', 'full'],
      container: ['content', 'form', 'prose'],
    },
  },
})

/** Joins class names; of two Tailwind classes for the same property the later one stays. */
export function mergeClasses(...classes: ClassValue[]): string {
  return merge(clsx(classes))
}
