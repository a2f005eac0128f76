import { Time } from '@/components/ui/time'
import type { Usage } from '@/lib/credentials/schema'

/** When, from where and how often a credential was used. */
export function UsageWords({ usage, now }: { usage: Usage; now: Date }) {
  const { lastUsedAt, lastAddress, usesInDay } = usage
  if (!lastUsedAt) return 'Never used'
  return (
    <>
      Last used <Time value={lastUsedAt} now={now} />
      {lastAddress ? <> from {lastAddress}</> : null}, {usesInDay === 0 ? 'not' : times(usesInDay)} in 24 hours
    </>
  )
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count.toLocaleString('en')} times`
}
