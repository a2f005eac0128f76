import { mergeClasses } from './merge-classes'

/** Keeps the place of what is still loading; give it a size by class. Say "Loading" once beside it, in words. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={mergeClasses('h-4 rounded-sm bg-line', className)} />
}
