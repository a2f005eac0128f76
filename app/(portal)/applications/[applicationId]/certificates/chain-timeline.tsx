import { Link } from '@/components/ui/link'
import { mergeClasses } from '@/components/ui/merge-classes'
import { Mono } from '@/components/ui/mono'
import { StatusBadge } from '@/components/ui/status-badge'
import { Time } from '@/components/ui/time'
import { chainName } from '@/lib/certificates/chain-name'
import type { ChainSummary } from '@/lib/certificates/chain-schema'
import { endOf, isLive } from '@/lib/certificates/chain-state'
import type { BoundTokens } from '@/lib/oauth/count-bound-tokens'
import { boundTokensInWords } from './bound-tokens-words'

export type ChainTimelineProps = {
  chains: ChainSummary[]
  now: Date
  base: string
  /** What lives on each of them. */
  bound: Map<string, BoundTokens>
}

const BAR: Partial<Record<ChainSummary['state'], string>> = {
  active: 'bg-success-surface border-success-line',
  ending: 'bg-warning-surface border-warning-line',
  scheduled: 'bg-info-surface border-info-line',
  'pending-review': 'bg-info-surface border-info-line border-dashed',
}

/** Chains on one scale of time, each a row that leads to its page. The bars repeat what the words beside them say. */
export function ChainTimeline({ chains, now, base, bound }: ChainTimelineProps) {
  const spans = chains.map(spanOf)
  const from = Math.min(now.getTime(), ...spans.map(([start]) => start))
  const to = Math.max(now.getTime(), ...spans.map(([, end]) => end))
  const place = (moment: number) => (to === from ? 0 : ((moment - from) / (to - from)) * 100)
  return (
    <ol className="flex flex-col divide-y divide-line overflow-hidden rounded-md border border-line bg-surface">
      {chains.map((chain, index) => {
        const [start, end] = spans[index] as [number, number]
        return (
          <li key={chain.id} className="relative flex flex-col gap-3 px-4 py-4 hover:bg-sunken sm:px-6">
            <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
              <div className="min-w-0">
                <Link
                  href={`${base}/${chain.id}`}
                  className="rounded-sm font-medium break-words after:absolute after:inset-0 hover:underline hover:underline-offset-2"
                >
                  <span dir="auto">{chainName(chain.subject)}</span>
                </Link>
                <p className="relative z-10 text-meta text-muted">
                  {describeMoments(chain, now)} · <Mono title="SHA-256 of the leaf">{chain.sha256.slice(0, 8)}…</Mono>
                </p>
                {chain.state === 'ending' || chain.state === 'superseded' ? (
                  <LivesOn words={boundTokensInWords(bound.get(chain.id))} />
                ) : null}
              </div>
              <StatusBadge status={chain.state} />
            </div>
            {isLive(chain.state) ? (
              <div aria-hidden className="relative h-3 rounded-sm bg-sunken">
                <div
                  className={mergeClasses('absolute inset-y-0 min-w-1 rounded-sm border', BAR[chain.state])}
                  style={{ left: `${place(start)}%`, right: `${100 - place(end)}%` }}
                />
                <div className="absolute -inset-y-1 w-px bg-ink" style={{ left: `${place(now.getTime())}%` }} />
              </div>
            ) : null}
          </li>
        )
      })}
    </ol>
  )
}

function LivesOn({ words }: { words: string | null }) {
  return words ? <p className="relative z-10 text-meta text-muted">Lives on, until it expires: {words}</p> : null
}

/** From its start to its end, whichever comes first; a chain that is over has no bar, and must not stretch the scale. */
function spanOf(chain: ChainSummary): [number, number] {
  const end = endOf(chain).getTime()
  return isLive(chain.state)
    ? [chain.startsAt.getTime(), end]
    : ([end, end].map(() => chain.submittedAt.getTime()) as [number, number])
}

function describeMoments(chain: ChainSummary, now: Date) {
  switch (chain.state) {
    case 'pending-review':
      return (
        <>
          Submitted <Time value={chain.submittedAt} now={now} />. An operator decides whether its root is trusted.
        </>
      )
    case 'scheduled':
      return (
        <>
          Starts <Time value={chain.startsAt} now={now} />, expires <Time value={chain.notAfter} now={now} />
        </>
      )
    case 'active':
      return (
        <>
          Since <Time value={chain.startsAt} now={now} />, expires <Time value={chain.notAfter} now={now} />
        </>
      )
    case 'ending':
      return (
        <>
          Since <Time value={chain.startsAt} now={now} />, ends <Time value={endOf(chain)} now={now} />
        </>
      )
    case 'superseded':
      return (
        <>
          Ended <Time value={endOf(chain)} now={now} />
        </>
      )
    case 'expired':
      return (
        <>
          Expired <Time value={chain.notAfter} now={now} />
        </>
      )
    case 'revoked':
      return (
        <>
          Revoked <Time value={chain.revokedAt ?? now} now={now} />
        </>
      )
    case 'refused':
      return (
        <>
          Refused by an operator <Time value={chain.refusedAt ?? now} now={now} />
        </>
      )
  }
}
