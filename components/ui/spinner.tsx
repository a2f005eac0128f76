import { LoaderCircle } from 'lucide-react'
import { mergeClasses } from './merge-classes'

export function Spinner({ className }: { className?: string }) {
  return <LoaderCircle aria-hidden className={mergeClasses('size-4 animate-spin', className)} />
}
