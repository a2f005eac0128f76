import { and, eq, isNull } from 'drizzle-orm'
import { passkeys } from '@/db/schema/people'
import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'

export type ListedPasskey = {
  id: string
  name: string
  credentialId: string
  transports: string[]
  rpId: string
  backedUp: boolean
  /** Until then it cannot accept dispositions. */
  acceptsFrom: Date
  createdAt: Date
  lastUsedAt: Date | null
}

/** The person's own passkeys, oldest first. */
export async function listPasskeys(ctx: Context): Promise<ListedPasskey[]> {
  const { actor } = requirePerson(ctx)
  return ctx.db
    .select({
      id: passkeys.id,
      name: passkeys.name,
      credentialId: passkeys.credentialId,
      transports: passkeys.transports,
      rpId: passkeys.rpId,
      backedUp: passkeys.backedUp,
      acceptsFrom: passkeys.acceptsFrom,
      createdAt: passkeys.createdAt,
      lastUsedAt: passkeys.lastUsedAt,
    })
    .from(passkeys)
    .where(and(eq(passkeys.personId, actor.personId), isNull(passkeys.removedAt)))
    .orderBy(passkeys.createdAt, passkeys.id)
}
