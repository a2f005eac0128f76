import { networkOf } from '@/lib/access/network-of'
import type { Context } from '@/lib/context/context'
import { sha256 } from '@/lib/core/secrets'
import { tooManyAttempts, wrongCredentials } from './errors'
import { tokenRoad } from './token-road'

// contract.md, Family A: ten failures a minute per key and address answer 401, the next ones 429.
const FAILURES_PER_CLIENT = 10
// A client that tries many keys from one address.
const FAILURES_PER_ADDRESS = 1000

/**
 * Counts a failed login, for all replicas, and throws its answer: a wrong secret, and with a right one a wrong Connection Code
 * or refresh token. Only failures are counted and only failures are answered with 429: what is right always passes.
 */
export async function refuseClient(ctx: Context, clientId: string, detail: string): Promise<never> {
  const address = networkOf(ctx.address)
  // Hashed: the key is whatever a stranger sent.
  const client = sha256(clientId).toString('base64url').slice(0, 22)
  const { countFailure } = tokenRoad()
  const [ofClient, ofAddress] = await Promise.all([
    countFailure.submit({ key: `client:${client}:${address}`, now: ctx.now }),
    countFailure.submit({ key: `address:${address}`, now: ctx.now }),
  ])
  if (ofClient.failures > FAILURES_PER_CLIENT) throw tooManyAttempts(ofClient.windowEndsAt, ctx.now, detail)
  if (ofAddress.failures > FAILURES_PER_ADDRESS) throw tooManyAttempts(ofAddress.windowEndsAt, ctx.now, detail)
  throw wrongCredentials(detail)
}
