import type { Context } from '@/lib/context/context'
import type { ApplicationCaller, Caller } from '../clients/authenticate-caller'
import { checkProof } from '../dpop/check-proof'
import { oauthRefusal, wrongCredentials } from '../errors'
import type { Parameters } from '../parameters'
import { type Check, runChecks } from '../run-checks'
import { findAuthorizationClient } from './find-authorization-client'
import { pushAuthorizationRequest } from './push-authorization-request'
import { readAuthorizationRequest } from './read-authorization-request'
import type { AuthorizationRequest } from './schema'

export type PushedInput = {
  caller: Caller
  parameters: Parameters
  /** The `DPoP` header, and what it has to be about. */
  proof: string | null
  url: string
}

type State = PushedInput & { ctx: Context; jwkThumbprint: Buffer | null; request: AuthorizationRequest | null }

/** RFC 9126 §2.1 */
const CHECKS: readonly Check<State>[] = [
  callerIsAnApplication, // RFC 6749 §5.2, unauthorized_client
  requestIsGood, // "validate the pushed request as it would an authorization request"
  proofIsGood, // RFC 9449 §10.1
  thumbprintIsOfTheProof, // RFC 9449 §10.1
]

/**
 * `POST /oauth2/par` once its client is authenticated. A certificate or a DPoP key that came along binds the code.
 * @throws DomainError with one of OAUTH_ERRORS, or `wrong-credentials`
 */
export async function acceptPushedRequest(
  ctx: Context,
  input: PushedInput,
): Promise<{ requestUri: string; expiresInSeconds: number }> {
  const state: State = { ...input, ctx, jwkThumbprint: null, request: null }
  await runChecks(CHECKS, state)
  const { certificateSha256 } = state.caller as ApplicationCaller
  return pushAuthorizationRequest(ctx, state.request as AuthorizationRequest, {
    certificateSha256: certificateSha256 === null ? null : Buffer.from(certificateSha256, 'hex'),
    jwkThumbprint: state.jwkThumbprint,
  })
}

function callerIsAnApplication({ caller }: State): void {
  if (caller.kind === 'core') throw oauthRefusal('unauthorized_client', 'A core asks nobody for consent.')
}

async function requestIsGood(state: State): Promise<void> {
  const { ctx, caller, parameters } = state
  const client = await findAuthorizationClient(ctx, (caller as ApplicationCaller).actor.clientId)
  if (!client) throw wrongCredentials('its key has just ended')
  const read = readAuthorizationRequest(parameters, client, 'pushed')
  // The client has proved who it is: the exact reason is its own.
  if (read.outcome !== 'good') throw oauthRefusal(read.error, read.detail)
  state.request = read.request
}

async function proofIsGood(state: State): Promise<void> {
  const { ctx, proof, url, caller } = state
  if (proof === null) return
  const { applicationId } = (caller as ApplicationCaller).actor
  state.jwkThumbprint = Buffer.from(await checkProof(ctx, { proof, url, method: 'POST', applicationId }), 'hex')
}

function thumbprintIsOfTheProof({ request, jwkThumbprint }: State): void {
  const named = request?.jwkThumbprint
  if (named && jwkThumbprint && !named.equals(jwkThumbprint)) {
    throw oauthRefusal('invalid_dpop_proof', 'dpop_jkt names another key than the DPoP proof.')
  }
}
