import type { ComponentProps } from 'react'
import { mergeClasses } from './merge-classes'

/** Keys, ids, fingerprints; never prose. */
export function Mono({ className, ...props }: ComponentProps<'code'>) {
  return <code translate="no" className={mergeClasses('text-[0.95em] break-all', className)} {...props} />
}
