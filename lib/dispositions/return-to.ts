import type { Context, PersonActor } from '@/lib/context/context'
import { open } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import type { DispositionStatus } from './schema'
import { findSealedResult } from './store'

type Row = { id: string; subjectId: string; returnUrl: string | null; importedBy: string | null }

/**
 * Where the importer goes after the end: the application's `return_url` with `id` and `status` (contract.md, Family A), and
 * with the one-time `result` while the application can still take it (ADR-0020). Null when it gave none.
 */
export async function findReturnTo(ctx: Context, row: Row, status: DispositionStatus): Promise<string | null> {
  if (row.returnUrl === null) return null
  const url = new URL(row.returnUrl)
  url.searchParams.set('id', row.subjectId)
  url.searchParams.set('status', status)
  const { personId } = (ctx as Context<PersonActor>).actor
  const sealed = status === 'GRANTED' ? await findSealedResult(ctx.db, row.id, personId, ctx.now) : null
  const result = sealed ? open(env().secretKeys, 'result-token', sealed, row.id) : null
  if (result !== null) url.searchParams.set('result', result)
  return url.href
}
