import { type RegistrationResponseJSON, verifyRegistrationResponse } from '@simplewebauthn/server'
import { passkeys } from '@/db/schema/people'
import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { decideAcceptsFrom } from './accepts-from'
import { passkeyRefused } from './errors'
import { notifyOfSecurity } from './notify-person'
import { relyingParty } from './relying-party'
import type { EnrolPasskeyInput } from './schema'
import { consumeChallenge, findPerson } from './store'

/**
 * Adds a passkey, with step-up. From when on it may accept is said in the answer (ADR-0016). @throws DomainError `passkey-refused`
 */
export async function enrolPasskey(
  ctx: Context,
  input: EnrolPasskeyInput,
): Promise<{ passkeyId: string; acceptsFrom: Date }> {
  const person = requirePerson(ctx)
  requireStepUp(ctx)
  const { personId } = person.actor
  const challenge = await consumeChallenge(ctx.db, { id: input.challengeId, purpose: 'enrol', personId, now: ctx.now })
  if (!challenge) throw passkeyRefused('challenge unknown, used or expired')
  const { credential, ...made } = await verifyRegistration(
    input.response as unknown as RegistrationResponseJSON,
    challenge,
  )

  return ctx.db.transaction(async (tx) => {
    const acceptsFrom = await decideAcceptsFrom({ ...person, db: tx })
    const [row] = await tx
      .insert(passkeys)
      .values({
        id: newId('passkey'),
        personId,
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: credential.transports ?? [],
        rpId: relyingParty().id,
        name: input.name,
        backupEligible: made.credentialDeviceType === 'multiDevice',
        backedUp: made.credentialBackedUp,
        acceptsFrom,
        createdAt: ctx.now,
      })
      .onConflictDoNothing() // a credential id is unique: WebAuthn §7.1 step 26
      .returning({ id: passkeys.id })
    if (!row) throw passkeyRefused('credential id taken')
    const owner = await findPerson(tx, personId)
    if (owner) await notifyOfSecurity(tx, ctx, owner, 'authenticator-added', { authenticator: input.name })
    await recordEvent(tx, ctx, {
      action: 'passkey.added',
      personId,
      subjectId: row.id,
      data: { acceptsFrom: acceptsFrom.toISOString() },
    })
    return { passkeyId: row.id, acceptsFrom }
  })
}

async function verifyRegistration(response: RegistrationResponseJSON, challenge: Buffer) {
  try {
    const { id, origins } = relyingParty()
    const result = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: origins,
      expectedRPID: id,
      requireUserVerification: true,
    })
    if (result.verified) return result.registrationInfo
  } catch (error) {
    throw passkeyRefused(error instanceof Error ? error.message : 'not a registration', error)
  }
  throw passkeyRefused('attestation does not fit')
}
