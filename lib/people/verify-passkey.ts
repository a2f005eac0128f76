import { type AuthenticationResponseJSON, verifyAuthenticationResponse } from '@simplewebauthn/server'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { passkeys } from '@/db/schema/people'
import type { Context } from '@/lib/context/context'
import { isDomainError } from '@/lib/core/errors'
import { passkeyRefused } from './errors'
import { relyingParty } from './relying-party'

export type VerifiedPasskey = {
  passkeyId: string
  personId: string
  publicKey: Buffer
  backupEligible: boolean
  backedUp: boolean
  /** Until then it signs people in but accepts nothing. */
  acceptsFrom: Date
}

/**
 * Checks an assertion by one of the person's passkeys (by any living one where `personId` is null) over `challenge`, with
 * user verification. Call it in the transaction that consumes the challenge, given as `ctx.db`: the counter moves in one
 * conditional statement, so of two uses of one assertion one is refused.
 * @throws DomainError `passkey-refused`, whatever is wrong; `detail` says what
 */
export async function verifyPasskeyAssertion(
  ctx: Context,
  input: { personId: string | null; response: AuthenticationResponseJSON; challenge: Uint8Array },
): Promise<VerifiedPasskey> {
  const passkey = await findPasskey(ctx, input.response.id, input.personId)
  if (!passkey) throw passkeyRefused('no such passkey')
  const verified = await verifyAssertion(input.response, input.challenge, passkey)
  const moved = await ctx.db
    .update(passkeys)
    .set({
      counter: verified.newCounter,
      backedUp: verified.credentialBackedUp,
      lastUsedAt: ctx.now,
    })
    .where(
      and(
        eq(passkeys.id, passkey.id),
        isNull(passkeys.removedAt),
        // WebAuthn §7.2 step 22: a counter that does not grow tells of a copied authenticator; zero means that it has none.
        sql`(${passkeys.counter} < ${verified.newCounter} or (${passkeys.counter} = 0 and ${verified.newCounter} = 0))`,
      ),
    )
    .returning({ id: passkeys.id })
  if (moved.length === 0) throw passkeyRefused('the counter did not grow')
  return {
    passkeyId: passkey.id,
    personId: passkey.personId,
    publicKey: passkey.publicKey,
    backupEligible: passkey.backupEligible,
    backedUp: verified.credentialBackedUp,
    acceptsFrom: passkey.acceptsFrom,
  }
}

/** Whose passkey it is, for the record of a denial. */
export async function findOwnerOfPasskey(db: Database, credentialId: string): Promise<string | null> {
  const [row] = await db
    .select({ personId: passkeys.personId })
    .from(passkeys)
    .where(and(eq(passkeys.credentialId, credentialId), isNull(passkeys.removedAt)))
  return row?.personId ?? null
}

async function findPasskey(ctx: Context, credentialId: string, personId: string | null) {
  const [row] = await ctx.db
    .select({
      id: passkeys.id,
      personId: passkeys.personId,
      credentialId: passkeys.credentialId,
      publicKey: passkeys.publicKey,
      counter: passkeys.counter,
      transports: passkeys.transports,
      rpId: passkeys.rpId,
      backupEligible: passkeys.backupEligible,
      acceptsFrom: passkeys.acceptsFrom,
    })
    .from(passkeys)
    .where(
      and(
        eq(passkeys.credentialId, credentialId),
        isNull(passkeys.removedAt),
        personId === null ? undefined : eq(passkeys.personId, personId),
      ),
    )
  return row
}

type Passkey = NonNullable<Awaited<ReturnType<typeof findPasskey>>>

async function verifyAssertion(response: AuthenticationResponseJSON, challenge: Uint8Array, passkey: Passkey) {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: Buffer.from(challenge).toString('base64url'),
      expectedOrigin: relyingParty().origins,
      expectedRPID: passkey.rpId,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(passkey.publicKey),
        counter: passkey.counter,
        transports: passkey.transports,
      },
    })
    if (!verified) throw passkeyRefused('the signature does not fit')
    return authenticationInfo
  } catch (error) {
    if (isDomainError(error)) throw error
    throw passkeyRefused(error instanceof Error ? error.message : 'not an assertion', error)
  }
}
