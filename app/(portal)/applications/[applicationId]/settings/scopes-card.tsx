import { Card } from '@/components/ui/card'
import { Mono } from '@/components/ui/mono'
import { SCOPES, type Scope } from '@/lib/applications/schema'
import type { Environment } from '@/lib/core/secrets'
import { SCOPE_WORDS } from './scope-words'
import { ScopesForm } from './scopes-form'

export type ScopesCardProps = {
  applicationId: string
  environment: Environment
  scopes: string[]
  mayChange: boolean
}

/** What the application may ask account owners for. The sandbox is its team's choice, production an operator's. */
export function ScopesCard({ applicationId, environment, scopes, mayChange }: ScopesCardProps) {
  const held = SCOPES.filter((scope) => scopes.includes(scope))
  return (
    <Card
      title="Scopes"
      description="What the application may ask account owners for on the authorization page. Each of them still decides."
    >
      {environment === 'sandbox' && mayChange ? (
        <ScopesForm applicationId={applicationId} scopes={held} />
      ) : (
        <div className="flex flex-col gap-4">
          {held.length === 0 ? <p className="text-muted">None.</p> : <HeldScopes scopes={held} />}
          {environment === 'production' ? (
            <p className="max-w-prose text-muted">
              An operator of the institution approves scopes for production. Ask for them with the application key.
            </p>
          ) : null}
        </div>
      )}
    </Card>
  )
}

function HeldScopes({ scopes }: { scopes: Scope[] }) {
  return (
    <ul className="flex flex-col gap-2">
      {scopes.map((scope) => (
        <li key={scope}>
          {SCOPE_WORDS[scope].label}
          <span className="block text-meta text-muted">
            <Mono>{scope}</Mono>
          </span>
        </li>
      ))}
    </ul>
  )
}
