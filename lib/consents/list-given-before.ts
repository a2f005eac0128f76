import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'
import { listCustomersOfGiver } from './read-store'

/** The names of the Customers for whom the person has given the application a consent that counts, all of them. */
export async function listGivenBefore(
  ctx: Context,
  input: { applicationId: string; environment: Environment },
): Promise<string[]> {
  return listCustomersOfGiver(ctx.db, { ...input, personId: requirePerson(ctx).actor.personId }, ctx.now)
}
