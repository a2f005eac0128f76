import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { passkeyChallenges } from '@/db/schema/people'
import { requirePerson, requireStepUp } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { newHexToken } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { limitAddress, PER_ADDRESS } from './limit-attempts'
import { listPasskeys } from './list-passkeys'
import { relyingParty } from './relying-party'
import { findPerson } from './store'

const CHALLENGE_MS = 5 * MINUTE

type Ceremony<Options> = { challengeId: string; options: Options }

/** For signing in with a passkey alone: the browser offers those that it has for us. */
export async function startPasskeySignIn(ctx: Context): Promise<Ceremony<PublicKeyCredentialRequestOptionsJSON>> {
  await limitAddress(ctx, 'passkey-challenge', PER_ADDRESS.signIn)
  const options = await generateAuthenticationOptions({ rpID: relyingParty().id, userVerification: 'required' })
  return { challengeId: await keepChallenge(ctx, 'sign-in', null, options.challenge), options }
}

/** For a step-up: one of the person's own. */
export async function startPasskeyStepUp(ctx: Context): Promise<Ceremony<PublicKeyCredentialRequestOptionsJSON>> {
  const { actor } = requirePerson(ctx)
  const own = await listPasskeys(ctx)
  const options = await generateAuthenticationOptions({
    rpID: relyingParty().id,
    userVerification: 'required',
    allowCredentials: own.map((key) => ({ id: key.credentialId, transports: key.transports })),
  })
  return { challengeId: await keepChallenge(ctx, 'step-up', actor.personId, options.challenge), options }
}

/** For a new passkey. Needs step-up, so that nobody finds out only afterwards that it was for nothing. */
export async function startPasskeyEnrolment(ctx: Context): Promise<Ceremony<PublicKeyCredentialCreationOptionsJSON>> {
  const { actor } = requirePerson(ctx)
  requireStepUp(ctx)
  const person = await findPerson(ctx.db, actor.personId)
  const own = await listPasskeys(ctx)
  const options = await generateRegistrationOptions({
    rpName: 'Countersign',
    rpID: relyingParty().id,
    userName: person?.email ?? actor.personId,
    userDisplayName: person?.name ?? '',
    userID: new TextEncoder().encode(actor.personId),
    excludeCredentials: own.map((key) => ({ id: key.credentialId, transports: key.transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  return { challengeId: await keepChallenge(ctx, 'enrol', actor.personId, options.challenge), options }
}

async function keepChallenge(
  ctx: Context,
  purpose: string,
  personId: string | null,
  challenge: string,
): Promise<string> {
  const id = newHexToken()
  await ctx.db
    .insert(passkeyChallenges)
    .values({ id, personId, purpose, challenge, expiresAt: addMs(ctx.now, CHALLENGE_MS) })
  return id
}
