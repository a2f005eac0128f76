import type { Context } from '@/lib/context/context'
import type { ApplicationCaller, Caller } from '../clients/authenticate-caller'
import { checkProof } from '../dpop/check-proof'
import { oauthRefusal } from '../errors'
import type { Parameters } from '../parameters'
import { type Check, runChecks } from '../run-checks'
import { exchangeCode } from './exchange-code'
import { issueClientToken } from './issue-client-token'
import { refreshFamily } from './refresh-family'
import type { TokenAnswer } from './token-answer'
import type { TokenRequest } from './token-request'

/** The grants that there are; the metadata tells of these. */
export const GRANTS = {
  authorization_code: exchangeCode,
  client_credentials: issueClientToken,
  refresh_token: refreshFamily,
} as const satisfies Record<string, (request: TokenRequest) => Promise<TokenAnswer>>

export type TokenInput = {
  caller: Caller
  parameters: Parameters
  /** The `DPoP` header, and what it has to be about. */
  proof: string | null
  url: string
}

type State = TokenInput & { ctx: Context; jwkThumbprint: TokenRequest['sender']['jwkThumbprint'] }

const CHECKS: readonly Check<State>[] = [
  callerIsAnApplication, // RFC 6749 §5.2, unauthorized_client
  grantIsKnown, // RFC 6749 §5.2, unsupported_grant_type
  proofIsGood, // RFC 9449 §5
  senderIsConstrained, // FAPI 2.0 Security Profile §5.3.2.1
]

/**
 * `POST /oauth2/token` once its client is authenticated.
 * @throws DomainError with one of OAUTH_ERRORS; OverloadedError
 */
export async function answerTokenRequest(ctx: Context, input: TokenInput): Promise<TokenAnswer> {
  const state: State = { ...input, ctx, jwkThumbprint: null }
  await runChecks(CHECKS, state)
  const caller = state.caller as ApplicationCaller
  const grant = GRANTS[input.parameters.grant_type as keyof typeof GRANTS]
  return grant({
    ctx: { ...ctx, actor: caller.actor },
    caller,
    parameters: input.parameters,
    sender: { certificateSha256: caller.certificateSha256, jwkThumbprint: state.jwkThumbprint },
  })
}

function callerIsAnApplication({ caller }: State): void {
  if (caller.kind === 'core') throw oauthRefusal('unauthorized_client', 'A core gets no tokens.')
}

function grantIsKnown({ parameters }: State): void {
  const { grant_type: grant } = parameters
  if (grant === undefined) throw oauthRefusal('invalid_request', 'grant_type is missing.')
  if (!Object.hasOwn(GRANTS, grant)) {
    throw oauthRefusal('unsupported_grant_type', `grant_type is one of ${Object.keys(GRANTS).join(', ')}.`)
  }
}

async function proofIsGood(state: State): Promise<void> {
  const { ctx, proof, url, caller } = state
  if (proof === null) return
  const { applicationId } = (caller as ApplicationCaller).actor
  state.jwkThumbprint = await checkProof(ctx, { proof, url, method: 'POST', applicationId })
}

function senderIsConstrained({ caller, jwkThumbprint }: State): void {
  const { profile, certificateSha256 } = caller as ApplicationCaller
  if (profile === 'fapi2' && certificateSha256 === null && jwkThumbprint === null) {
    throw oauthRefusal('invalid_request', 'Present a client certificate or a DPoP proof: tokens are bound to one.')
  }
}
