import { Sign } from './sign'

/** Sign and wordmark. The name is text, so it needs no alternative. */
export function Logo({ className = '' }: { className?: string }) {
  return (
    <span className={`inline-flex items-center gap-2 text-ink ${className}`}>
      <Sign className="size-6" />
      <span className="text-lead font-semibold tracking-tight">Countersign</span>
    </span>
  )
}
