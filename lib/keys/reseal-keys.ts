import { sql } from 'drizzle-orm'
import { requireOperator } from '@/lib/access/operator'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { type KeyRing, open, seal } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns'

const BATCH = 500

export type ResealReport = {
  /** The key under which everything that could be opened is sealed now. */
  keyId: string
  /** What was sealed anew, and what no key of SECRET_KEY opens: the key that it was sealed with is missing. */
  values: { what: string; resealed: number; unopened: number }[]
  /** MACs made under other keys. What they are of is not kept, so they stay as they are, and need those keys. */
  bound: { auditRows: number; recoveryCodes: number }
}

/**
 * After a rotation of SECRET_KEY: seals anew, under its first key, whatever an older one sealed. May be repeated and broken
 * off: what is sealed under the first key already is left alone. Each batch is a transaction with its audit row; a value that
 * is changed or erased meanwhile is left to who changed it.
 */
export async function resealKeys(ctx: Context): Promise<ResealReport> {
  requireOperator(ctx)
  const ring = env().secretKeys
  const keyId = (ring[0] as KeyRing[number]).id
  const values: ResealReport['values'] = []
  for (const column of SEALED_COLUMNS) {
    const counts = { what: column.what, resealed: 0, unopened: 0 }
    let after: string | null = ''
    while (after !== null) {
      const batch: Batch = await resealBatch(ctx, column, ring, after)
      counts.resealed += batch.resealed
      counts.unopened += batch.unopened
      after = batch.last
    }
    values.push(counts)
  }
  return { keyId, values, bound: await countBound(ctx, keyId) }
}

type Batch = { resealed: number; unopened: number; last: string | null }

async function resealBatch(ctx: Context, column: SealedColumn, ring: KeyRing, after: string): Promise<Batch> {
  const [table, id, sealed] = [column.table, column.id, column.column].map((name) => sql.identifier(name))
  const keyId = (ring[0] as KeyRing[number]).id
  return ctx.db.transaction(async (tx) => {
    const rows = await tx.execute<{ id: string; sealed: Buffer }>(sql`
      select ${id} as id, ${sealed} as sealed from ${table}
      where ${sealed} is not null and substring(${sealed} from 1 for 4) <> decode(${keyId}, 'hex') and ${id} > ${after}
      order by ${id} limit ${BATCH} for update`)
    const anew = rows.flatMap((row) => {
      const purpose = column.purposeOf(row.id)
      const plaintext = purpose === null ? null : open(ring, purpose, row.sealed, row.id)
      return purpose === null || plaintext === null
        ? []
        : [{ id: row.id, sealed: seal(ring, purpose, plaintext, row.id) }]
    })
    for (const row of anew) await tx.execute(sql`update ${table} set ${sealed} = ${row.sealed} where ${id} = ${row.id}`)
    if (anew.length > 0) {
      await recordEvent(tx, ctx, { action: 'keys.resealed', data: { what: column.what, count: anew.length, keyId } })
    }
    return { resealed: anew.length, unopened: rows.length - anew.length, last: rows.at(-1)?.id ?? null }
  })
}

/** Recovery codes carry no id of their key, so all that are unused count. */
async function countBound(ctx: Context, keyId: string): Promise<ResealReport['bound']> {
  const [row] = await ctx.db.execute<{ audit_rows: number; recovery_codes: number }>(sql`
    select (select count(*)::int from audit_events where key_id <> ${keyId}) as audit_rows,
      (select count(*)::int from recovery_codes where used_at is null) as recovery_codes`)
  return { auditRows: row?.audit_rows ?? 0, recoveryCodes: row?.recovery_codes ?? 0 }
}
