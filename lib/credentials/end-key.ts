import { getApplicationFor } from '@/lib/applications/access'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { keyIsCurrent } from './errors'
import type { KeyInput } from './schema'
import * as store from './store'

/**
 * Finishes the overlap of a replaced Application Key early. Tokens know no key: they live on. Ending again succeeds and
 * changes nothing. @throws NotFound, DomainError `permission-required`, `key-is-current`
 */
export async function endKey(ctx: Context, input: KeyInput): Promise<{ clientId: string }> {
  const { clientId } = input

  return ctx.db.transaction(async (tx) => {
    const key = await store.findKey(tx, clientId)
    if (!key) throw notFound(`no key ${clientId}`)
    const { endsAt, ...place } = key
    await getApplicationFor({ ...ctx, db: tx }, place, 'keys.rotate', place.environment)
    if (await store.endKey(tx, clientId, ctx.now)) {
      await recordEvent(tx, ctx, { action: 'key.ended', ...place, subjectId: clientId })
    } else if (endsAt === null) {
      throw keyIsCurrent()
    }
    return { clientId }
  })
}
