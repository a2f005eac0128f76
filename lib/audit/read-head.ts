import { sql } from 'drizzle-orm'
import { requireOperator } from '@/lib/access/operator'
import type { Context } from '@/lib/context/context'
import { invalid } from '@/lib/core/errors'

/** The end of the chain: kept elsewhere, it shows later that nothing before it was cut off or written anew. */
export type AuditHead = { position: number; hash: string }

/** The head as it is now. Position 0, with no hash, is a chain that has not begun. */
export async function readAuditHead(ctx: Context): Promise<AuditHead & { at: Date }> {
  requireOperator(ctx)
  const [head] = await ctx.db.execute<{ position: number; hash: string }>(sql`
    select position::float8 as position, encode(hash, 'hex') as hash from audit_links order by position desc limit 1`)
  return { position: head?.position ?? 0, hash: head?.hash ?? '', at: ctx.now }
}

/** `POSITION:HASH`, or what `audit head --json` printed. @throws DomainError `head-malformed` */
export function parseAuditHead(text: string): AuditHead {
  const [position = '', hash = ''] = text.trimStart().startsWith('{') ? membersOf(text) : text.trim().split(':')
  const isHead = /^\d{1,15}$/.test(position) && /^([0-9a-f]{64})?$/.test(hash)
  if (!isHead || Number(position) > 0 !== (hash !== '')) {
    throw invalid('head', 'head-malformed', 'A head is POSITION:HASH, or a file with what `audit head --json` printed.')
  }
  return { position: Number(position), hash }
}

function membersOf(text: string): string[] {
  try {
    const { position, hash } = JSON.parse(text) as Record<string, unknown>
    return [String(position), String(hash)]
  } catch {
    return [] // not JSON, so not a head either
  }
}
