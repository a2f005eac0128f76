import type { Transaction } from '@/db/client'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { type Environment, newApplicationSecret } from '@/lib/core/secrets'
import type { MadeSecret, Sighting } from './schema'
import * as store from './store'

export type SecretPlace = { applicationId: string; clientId: string; environment: Environment }

/**
 * Draws a secret, lets `insert` decide whether it may be, and writes down who is about to see it. Null where it may not.
 * The caller holds the environment and writes the audit row.
 */
export async function enterSecret(
  tx: Transaction,
  ctx: Context,
  place: SecretPlace,
  by: Sighting['by'],
  insert: (row: store.NewSecret) => Promise<boolean>,
): Promise<MadeSecret | null> {
  const { applicationId, clientId, environment } = place
  const { plaintext, hash, hint } = newApplicationSecret(environment)
  const secretId = newId('secret')
  const personId = ctx.actor.kind === 'person' ? ctx.actor.personId : null
  if (!(await insert({ id: secretId, applicationId, environment, hash, hint, createdBy: personId }))) return null
  await store.insertSighting(tx, { secretId, personId, by, at: ctx.now, address: ctx.address })
  return { secretId, applicationId, clientId, clientSecret: plaintext, hint, environment }
}
