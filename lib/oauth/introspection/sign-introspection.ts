import { SignJWT } from 'jose'
import type { Context } from '@/lib/context/context'
import type { Caller } from '../clients/authenticate-caller'
import { issuer } from '../issuer'
import { getSigningKey, SERVER_ALGORITHM } from '../signing-key'
import type { Introspection } from './introspect-token'

/** RFC 9701 §4: who accepts this gets it. */
export const SIGNED_INTROSPECTION = 'application/token-introspection+jwt'

/** The answer as a JWT for this caller alone, which can be kept as evidence (RFC 9701 §5). */
export async function signIntrospection(ctx: Context, caller: Caller, introspection: Introspection): Promise<string> {
  const { kid, privateKey } = await getSigningKey(ctx.db)
  return new SignJWT({ token_introspection: introspection })
    .setProtectedHeader({ typ: 'token-introspection+jwt', alg: SERVER_ALGORITHM, kid })
    .setIssuer(issuer())
    .setAudience(caller.kind === 'core' ? caller.clientId : caller.actor.clientId)
    .setIssuedAt(Math.floor(ctx.now.getTime() / 1000))
    .sign(privateKey)
}
