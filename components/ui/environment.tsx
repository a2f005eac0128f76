import { FlaskConical, Landmark } from 'lucide-react'
import { Badge } from './badge'

export type Environment = 'sandbox' | 'production'

export function EnvironmentBadge({ environment, label }: { environment: Environment; label?: string }) {
  if (environment === 'sandbox') {
    return (
      <Badge meaning="sandbox">
        <FlaskConical aria-hidden />
        {label ?? 'Sandbox'}
      </Badge>
    )
  }
  return (
    <Badge>
      <Landmark aria-hidden />
      {label ?? 'Production'}
    </Badge>
  )
}

export type EnvironmentBarProps = { environment: Environment; label?: string; description?: string }

/** Stands above everything on each page of the sandbox; production has none. */
export function EnvironmentBar({
  environment,
  label = 'Sandbox',
  description = 'Test money and test data',
}: EnvironmentBarProps) {
  if (environment === 'production') return null
  return (
    <aside aria-label={label} className="page-bleed border-b border-sandbox-line bg-sandbox-surface text-sandbox-text">
      <div className="sandbox-hatch h-1" />
      <p className="flex flex-wrap items-center justify-center gap-x-2 px-4 py-1 text-meta">
        <FlaskConical aria-hidden className="size-3.5 shrink-0" />
        <strong className="font-semibold">{label}</strong>
        <span aria-hidden>·</span>
        <span>{description}</span>
      </p>
    </aside>
  )
}
