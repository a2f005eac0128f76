import { DataTable } from '@/components/ui/data-table'
import { Mono } from '@/components/ui/mono'
import { StatusBadge } from '@/components/ui/status-badge'
import { Time } from '@/components/ui/time'
import type { EndReason, Secret } from '@/lib/credentials/schema'

const REASONS: Record<EndReason, string> = {
  lifetime: 'its lifetime was over',
  rotation: 'its overlap was over',
  ended: 'ended early',
  unused: 'nobody used it any more',
}

/** Secrets that no longer work: when each ended and why, who made it and saw it. */
export function PastSecrets({ secrets, now }: { secrets: Secret[]; now: Date }) {
  return (
    <DataTable
      caption="Secrets that no longer work"
      rows={secrets}
      rowKey={({ id }) => id}
      columns={[
        { key: 'hint', header: 'Secret', cell: ({ hint }) => <Mono>{hint}</Mono> },
        {
          key: 'state',
          header: 'Ended',
          cell: ({ state, endsAt, revokedAt, endsBecause, keepsTokens }) => {
            const since = state === 'revoked' ? revokedAt : endsAt
            const why = state === 'revoked' ? keepsTokens && 'tokens kept' : endsBecause && REASONS[endsBecause]
            return (
              <span className="inline-flex flex-wrap items-center gap-x-2 max-md:justify-end">
                <StatusBadge status={state} />
                {since ? <Time value={since} now={now} className="text-meta text-muted" /> : null}
                {why ? <span className="text-meta text-muted">{why}</span> : null}
              </span>
            )
          },
        },
        {
          key: 'made',
          header: 'Made',
          cell: ({ createdAt, seenBy }) => (
            <>
              <Time value={createdAt} now={now} />
              <span className="text-muted">
                {' '}
                by {seenBy.map(({ name }) => name ?? 'an operator').join(', ') || 'an operator'}
              </span>
            </>
          ),
        },
        {
          key: 'used',
          header: 'Last used',
          cell: ({ lastUsedAt, lastAddress }) =>
            lastUsedAt ? (
              <>
                <Time value={lastUsedAt} now={now} />
                {lastAddress ? <span className="text-muted"> from {lastAddress}</span> : null}
              </>
            ) : (
              <span className="text-muted">Never</span>
            ),
        },
      ]}
    />
  )
}
