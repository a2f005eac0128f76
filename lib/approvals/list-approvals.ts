import { getApplicationFor } from '@/lib/applications/access'
import type { ApplicationInput } from '@/lib/applications/schema'
import type { Context } from '@/lib/context/context'
import type { ApprovalRequest } from './schema'
import * as store from './store'

export type FourEyes = { isOn: boolean; requests: ApprovalRequest[] }

/** Whether a second member is needed, and what waits for one; for the whole team. @throws NotFound */
export async function getFourEyes(ctx: Context, input: ApplicationInput): Promise<FourEyes> {
  const { id } = await getApplicationFor(ctx, input, 'team.read')
  const personId = ctx.actor.kind === 'person' ? ctx.actor.personId : null
  return {
    isOn: await store.isUnderFourEyes(ctx.db, id),
    requests: await store.listRequests(ctx.db, id, personId, ctx.now),
  }
}
