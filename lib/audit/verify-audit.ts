import { sql } from 'drizzle-orm'
import type { Context } from '@/lib/context/context'
import { macFits } from '@/lib/core/seal'
import { equalBytes } from '@/lib/core/secrets'
import { env } from '@/lib/env/env'
import { CHAIN_START, linkHash } from './chain-events'
import type { AuditHead } from './read-head'
import { auditText } from './record-event'

/**
 * `first_broken` is the id of the first row that was changed, moved or taken away; null when all is whole. Where the chain ends
 * before the head that was kept elsewhere, it is the id after the last one that is there.
 */
export type AuditReport = { ok: boolean; rows: number; first_broken: number | null }

type Row = {
  id: string
  at: string
  action: string
  actor_kind: string
  actor_id: string | null
  customer_id: string | null
  application_id: string | null
  environment: string | null
  subject_id: string | null
  person_id: string | null
  address: string | null
  request_id: string
  data: Record<string, unknown>
  key_id: string
  mac: Buffer
}

const PAGE = 1000

/**
 * Walks the chain from its start: every linked row must exist, fit its own MAC and the hash that the next one builds on;
 * then the rows that are not linked yet, by their MACs. With a head that was kept elsewhere, the chain must have reached it
 * and be the same there. Reads in pages, so that memory does not grow with the audit.
 */
export async function verifyAudit(ctx: Context, head: AuditHead | null = null): Promise<AuditReport> {
  const wanted = head === null ? null : BigInt(head.position)
  let rows = 0
  let position = 0n
  let lastEvent = 0n
  let previous: Uint8Array = CHAIN_START
  for (;;) {
    const links = await ctx.db.execute<Partial<Row> & { position: string; event_id: string; hash: Buffer }>(sql`
      select l.position, l.event_id, l.hash, ${COLUMNS} from audit_links l left join audit_events e on e.id = l.event_id
      where l.position > ${String(position)}::bigint order by l.position limit ${PAGE}`)
    for (const link of links) {
      rows += 1
      position += 1n
      const whole = BigInt(link.position) === position && link.id !== null && rowIsWhole(link as Row)
      const expected = link.mac ? linkHash(previous, BigInt(link.event_id), link.mac) : null
      if (!whole || !expected || !equalBytes(expected, link.hash)) return broken(rows, link.event_id)
      // Everything fits, but somebody with the key has written it anew.
      if (position === wanted && link.hash.toString('hex') !== head?.hash) return broken(rows, link.event_id)
      previous = link.hash
      lastEvent = BigInt(link.event_id)
    }
    if (links.length < PAGE) break
  }
  if (wanted !== null && wanted > position) return broken(rows, lastEvent + 1n)
  return verifyUnlinked(ctx, rows)
}

async function verifyUnlinked(ctx: Context, linked: number): Promise<AuditReport> {
  let rows = linked
  let after = '0'
  for (;;) {
    const events = await ctx.db.execute<Row>(sql`
      select ${COLUMNS} from audit_events e
      where e.id > ${after}::bigint and not exists (select 1 from audit_links l where l.event_id = e.id) order by e.id limit ${PAGE}`)
    for (const event of events) {
      rows += 1
      if (!rowIsWhole(event)) return broken(rows, event.id)
      after = event.id
    }
    if (events.length < PAGE) return { ok: true, rows, first_broken: null }
  }
}

const COLUMNS = sql`e.id, e.at, e.action, e.actor_kind, e.actor_id, e.customer_id, e.application_id, e.environment,
  e.subject_id, e.person_id, e.address, e.request_id, e.data, e.key_id, e.mac`

function rowIsWhole(row: Row): boolean {
  const text = auditText({
    at: new Date(row.at),
    action: row.action,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    customerId: row.customer_id,
    applicationId: row.application_id,
    environment: row.environment,
    subjectId: row.subject_id,
    personId: row.person_id,
    address: row.address,
    requestId: row.request_id,
    data: row.data,
  })
  return macFits(env().secretKeys, 'audit-mac', text, row.key_id, row.mac)
}

function broken(rows: number, id: string | bigint): AuditReport {
  return { ok: false, rows, first_broken: Number(id) }
}
