import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { open } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import { deeplinkOf } from './offer-disposition'
import type { DispositionRef } from './schema'
import { findSealedToken } from './store'

/**
 * The deeplink (and QR text) of what this person has started, while it waits to be imported; null otherwise, for everybody
 * else too. For the page itself and for sending it to the person's own device: never for what the page polls.
 */
export async function findDeeplink(ctx: Context, input: DispositionRef): Promise<string | null> {
  const { actor } = requirePerson(ctx)
  const sealed = await findSealedToken(ctx.db, input.id, actor.personId, ctx.now)
  const token = sealed ? open(env().secretKeys, 'deeplink', sealed, input.id) : null
  return token === null ? null : deeplinkOf(token)
}
