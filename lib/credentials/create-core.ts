import { requireOperator } from '@/lib/access/operator'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { newApplicationSecret, newHexToken } from '@/lib/core/secrets'
import { coreNameTaken } from './errors'
import type { CreateCoreInput } from './schema'
import * as store from './store'

export type CreatedCore = { coreId: string; clientId: string; clientSecret: string }

/** A resource server of the institution, made by an operator; its secret is in this answer alone. */
export async function createCore(ctx: Context, input: CreateCoreInput): Promise<CreatedCore> {
  requireOperator(ctx)

  return ctx.db.transaction(async (tx) => {
    const coreId = newId('core')
    const clientId = newHexToken()
    const secret = newApplicationSecret('production')
    const core = { id: coreId, name: input.name, clientId, hash: secret.hash, hint: secret.hint }
    if (!(await store.insertCore(tx, core))) throw coreNameTaken(input.name)
    await recordEvent(tx, ctx, { action: 'core.created', subjectId: coreId, data: { name: input.name } })
    return { coreId, clientId, clientSecret: secret.plaintext }
  })
}
