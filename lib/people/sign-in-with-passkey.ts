import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import type { Context } from '@/lib/context/context'
import { type DomainError, orRefusal } from '@/lib/core/errors'
import { amrOfPasskey } from './amr'
import { passkeyRefused } from './errors'
import { issueTicket } from './issue-ticket'
import { limitAddress, PER_ADDRESS } from './limit-attempts'
import { recordRefusal } from './record-refusal'
import type { PasskeyProofInput } from './schema'
import { consumeChallenge, findPerson } from './store'
import { findOwnerOfPasskey, verifyPasskeyAssertion } from './verify-passkey'

/**
 * A discoverable passkey with user verification is both factors at once. @throws DomainError `passkey-refused`
 */
export async function signInWithPasskey(ctx: Context, input: PasskeyProofInput): Promise<{ ticket: string }> {
  await limitAddress(ctx, 'sign-in', PER_ADDRESS.signIn)
  const outcome = await prove(ctx, input)
  if (!(outcome instanceof Error)) return outcome
  // Of an assertion that does not hold, nothing but the passkey's id says whom it concerns.
  const personId = await findOwnerOfPasskey(ctx.db, input.response.id)
  await recordRefusal(ctx, { action: 'sign-in.refused', personId, data: { factor: 'passkey' } })
  throw outcome
}

async function prove(ctx: Context, input: PasskeyProofInput): Promise<{ ticket: string } | DomainError> {
  const challenge = await consumeChallenge(ctx.db, {
    id: input.challengeId,
    purpose: 'sign-in',
    personId: null,
    now: ctx.now,
  })
  if (!challenge) return passkeyRefused('challenge unknown, used or expired')
  return ctx.db.transaction(async (tx) => {
    const response = input.response as unknown as AuthenticationResponseJSON
    const inside = { ...ctx, db: tx }
    const verified = await orRefusal(verifyPasskeyAssertion(inside, { personId: null, response, challenge }))
    if (verified instanceof Error) return verified
    const person = await findPerson(tx, verified.personId)
    if (!person || person.disabledAt || !person.emailConfirmedAt) {
      return passkeyRefused('person disabled or unconfirmed')
    }
    // RFC 8176: a key that its maker may copy to other devices is software-secured.
    const amr = amrOfPasskey(verified)
    return { ticket: await issueTicket(tx, ctx, { personId: person.id, amr, provedBy: verified.passkeyId }) }
  })
}
