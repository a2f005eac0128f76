import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { passkeyRefused } from './errors'
import { issueTicket } from './issue-ticket'
import { limitAddress, PER_ADDRESS } from './limit-attempts'
import type { PasskeyProofInput } from './schema'
import { consumeChallenge, findPerson } from './store'
import { verifyPasskeyAssertion } from './verify-passkey'

/**
 * A discoverable passkey with user verification is both factors at once. @throws DomainError `passkey-refused`
 */
export async function signInWithPasskey(ctx: Context, input: PasskeyProofInput): Promise<{ ticket: string }> {
  await limitAddress(ctx, 'sign-in', PER_ADDRESS.signIn)
  const challenge = await consumeChallenge(ctx.db, {
    id: input.challengeId,
    purpose: 'sign-in',
    personId: null,
    now: ctx.now,
  })
  if (!challenge) throw passkeyRefused('challenge unknown, used or expired')
  return ctx.db.transaction(async (tx) => {
    const response = input.response as unknown as AuthenticationResponseJSON
    const verified = await verifyPasskeyAssertion({ ...ctx, db: tx }, { personId: null, response, challenge })
    const person = await findPerson(tx, verified.personId)
    if (!person || person.disabledAt || !person.emailConfirmedAt) {
      await recordEvent(tx, ctx, {
        action: 'sign-in.refused',
        personId: verified.personId,
        data: { factor: 'passkey' },
      })
      throw passkeyRefused('person disabled or unconfirmed')
    }
    // RFC 8176: a key that its maker may copy to other devices is software-secured.
    const amr = [verified.backupEligible ? 'swk' : 'hwk', 'user', 'mfa']
    return { ticket: await issueTicket(tx, ctx, { personId: person.id, amr, provedBy: verified.passkeyId }) }
  })
}
