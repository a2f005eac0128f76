import type { Context } from '@/lib/context/context'
import { isHexToken } from '@/lib/core/secrets'
import type { AuthorizationClient } from './schema'
import * as store from './store'

/** The application of a live Application Key; null for anything else. Nothing is proved: a `client_id` is public. */
export async function findAuthorizationClient(ctx: Context, clientId: string): Promise<AuthorizationClient | null> {
  const key = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(clientId)
    ? clientId.replaceAll('-', '').toLowerCase() // as seed 002 writes it
    : clientId
  return isHexToken(key) ? store.findClient(ctx.db, key) : null
}
