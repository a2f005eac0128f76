import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { auditLinks } from '@/db/schema/partitioned'

const CHAIN_LOCK = 7_236_149_003
const BATCH = 1000
// A transaction may commit after one that began later: rows younger than this wait for the next run.
const SETTLED_SECONDS = 30

export const CHAIN_START = Buffer.alloc(32)

/** Hash of a link: the one before it, the event's id and the event's MAC. */
export function linkHash(previous: Uint8Array, eventId: bigint, mac: Uint8Array): Buffer {
  return createHash('sha256').update(previous).update(String(eventId)).update(mac).digest()
}

/**
 * Links audit rows that no link covers yet, in the order of their ids. One chainer at a time: another one that starts
 * meanwhile finds the lock taken and leaves. Rows are linked once they have settled, so that none is skipped.
 */
export async function chainEvents(db: Database, settledSeconds = SETTLED_SECONDS): Promise<number> {
  let total = 0
  for (;;) {
    const linked = await chainBatch(db, settledSeconds)
    total += linked
    if (linked < BATCH) return total
  }
}

async function chainBatch(db: Database, settledSeconds: number): Promise<number> {
  return db.transaction(async (tx) => {
    const [lock] = await tx.execute<{ taken: boolean }>(sql`select pg_try_advisory_xact_lock(${CHAIN_LOCK}) as taken`)
    if (!lock?.taken) return 0
    const [head] = await tx.execute<{ position: string; hash: Buffer }>(
      sql`select position, hash from audit_links order by position desc limit 1`,
    )
    const events = await tx.execute<{ id: string; mac: Buffer }>(sql`
      select e.id, e.mac from audit_events e
      where e.at < clock_timestamp() - make_interval(secs => ${settledSeconds})
        and not exists (select 1 from audit_links l where l.event_id = e.id)
      order by e.id limit ${BATCH}`)
    if (events.length === 0) return 0
    let position = BigInt(head?.position ?? 0)
    let previous: Uint8Array = head?.hash ?? CHAIN_START
    const rows = events.map((event) => {
      position += 1n
      previous = linkHash(previous, BigInt(event.id), event.mac)
      return { position, eventId: BigInt(event.id), hash: Buffer.from(previous) }
    })
    await tx.insert(auditLinks).values(rows)
    return rows.length
  })
}
