import { SCOPES } from '@/lib/applications/schema'
import { parseAuthorizationDetails } from './authorization-details'
import { faultOfCallback, faultOfFlowCallback } from './redirect-uri'
import {
  type AuthorizationClient,
  type AuthorizationError,
  type AuthorizationRequest,
  type Callback,
  type Faults,
  FLOW_ID,
  type ReadRequest,
  type Refusal,
  type RequestKind,
  type RequestParameters,
} from './schema'

/*
 * The checks of an authorization request, in their order. Before the callback is known to be the client's nobody is sent
 * anywhere; after it, the first check that fails decides the error that goes back. The authorization endpoint and the one
 * for pushed requests (RFC 9126 §2.1: "validate the pushed request as it would an authorization request") share them.
 */

type Asked = {
  kind: RequestKind
  client: AuthorizationClient
  parameters: RequestParameters
  faults: Faults
}

type Check = (asked: Asked) => Refusal | null

const CALLBACK_CHECKS: readonly Check[] = [
  clientIsAtWork,
  callbackIsNamedOnce, // RFC 6749 §3.1.2.3
  callbackIsRegistered, // RFC 9700 §2.1; seed 002
]

const REQUEST_CHECKS: readonly Check[] = [
  parametersAreReadable, // RFC 6749 §3.1
  stateIsText, // RFC 6749 appendix A.5
  profileKnowsFlow, // security.md, Profiles
  flowIsKnown, // seed 002
  profileKnowsUnpushed, // FAPI 2.0 Security Profile §5.3.2.2
  noRequestObject, // RFC 9101 §6, RFC 9126 §2.1
  responseTypeIsCode, // RFC 6749 §3.1.1
  responseModeIsQuery, // OAuth 2.0 Multiple Response Types §2.1
  promptCanBeMet, // OpenID Connect Core §3.1.2.1
  stateIsThere, // seed 002
  nonceIsGuid, // seed 002
  challengeIsS256, // RFC 7636 §4.3
  keyThumbprintIsOne, // RFC 9449 §10
  scopeIsAsked, // RFC 6749 §3.3
  scopesAreKnown, // RFC 6749 §4.1.2.1
  scopesAreOfOneFamily, // seed 002
  scopesAreSubscribed, // RFC 6749 §4.1.2.1
  detailsAreKnown, // RFC 9396 §5
  detailsAreSubscribed, // RFC 9396 §5
]

const NO_FAULTS: Faults = new Map()

/** Whether a request is good, and where its refusal goes. Touches nothing: a nonce is claimed by whoever records the request. */
export function readAuthorizationRequest(
  parameters: RequestParameters,
  client: AuthorizationClient,
  kind: RequestKind,
  faults: Faults = NO_FAULTS,
): ReadRequest {
  const asked = { kind, client, parameters, faults }
  const barred = firstRefusal(CALLBACK_CHECKS, asked)
  if (barred) return { outcome: 'page', ...barred }
  const refused = firstRefusal(REQUEST_CHECKS, asked)
  if (refused) return { outcome: 'redirect', callback: callbackOf(asked), ...refused }
  return { outcome: 'good', request: requestOf(asked) }
}

function firstRefusal(checks: readonly Check[], asked: Asked): Refusal | null {
  for (const check of checks) {
    const refusal = check(asked)
    if (refusal) return refusal
  }
  return null
}

/** Where the answer to a good request goes; an unreadable `state` does not go along. */
function callbackOf({ kind, parameters }: Asked): Callback {
  return {
    redirectUri: redirectUriOf(parameters),
    state: isState(parameters.state) ? (parameters.state ?? null) : null,
    flowid: kind === 'flow' ? printable(parameters.flowid) : null,
  }
}

function requestOf({ kind, client, parameters }: Asked): AuthorizationRequest {
  const details = parameters.authorization_details
  const parsed = details === undefined ? null : parseAuthorizationDetails(details)
  const { dpop_jkt: thumbprint } = parameters
  return {
    kind,
    applicationId: client.applicationId,
    environment: client.environment,
    redirectUri: redirectUriOf(parameters),
    state: parameters.state ?? null,
    nonce: kind === 'flow' ? (parameters.nonce?.toLowerCase() ?? null) : null,
    scopes: scopesOf(parameters) ?? [],
    authorizationDetails: parsed && 'ok' in parsed ? parsed.ok : null,
    codeChallenge: parameters.code_challenge ?? null,
    jwkThumbprint: thumbprint === undefined ? null : Buffer.from(thumbprint, 'base64url'),
  }
}

/** Whoever stopped an application sends nobody to it. */
function clientIsAtWork({ client }: Asked): Refusal | null {
  return client.suspended ? refusal('unauthorized_client', 'the application is suspended') : null
}

/** RFC 6749 §3.1.2.3; seed 002 calls it `redirect_url`, the contract takes both names. */
function callbackIsNamedOnce({ kind, parameters, faults }: Asked): Refusal | null {
  const fault = faults.get('redirect_uri') ?? faults.get('redirect_url')
  if (fault !== undefined) return refusal('invalid_request', fault)
  const { redirect_uri: uri, redirect_url: url } = parameters
  if (kind !== 'flow') return uri === undefined ? refusal('invalid_request', 'redirect_uri is missing') : null
  if (uri === undefined && url === undefined) return refusal('invalid_request', 'redirect_url is missing')
  return uri !== undefined && url !== undefined
    ? refusal('invalid_request', 'redirect_uri and redirect_url are both there')
    : null
}

/** Its host alone for those who have `flowid`; for anybody else who sends one it is no reason to look less closely (RFC 9700 §2.1). */
function callbackIsRegistered({ kind, client, parameters }: Asked): Refusal | null {
  const check = kind === 'flow' && client.profile === 'legacy' ? faultOfFlowCallback : faultOfCallback
  const fault = check(redirectUriOf(parameters), client.callbacks)
  return fault ? refusal('invalid_request', fault) : null
}

/** RFC 6749 §3.1: "Request and response parameters MUST NOT be included more than once." */
function parametersAreReadable({ faults }: Asked): Refusal | null {
  const [fault] = faults.values()
  return fault === undefined ? null : refusal('invalid_request', fault)
}

/** RFC 6749 appendix A.5: `state` is visible characters and spaces. */
function stateIsText({ parameters }: Asked): Refusal | null {
  return isState(parameters.state) ? null : refusal('invalid_request', 'state is too long, or no text of ASCII')
}

/** security.md, Profiles: only `legacy` has `flowid` requests. */
function profileKnowsFlow({ kind, client }: Asked): Refusal | null {
  return kind === 'flow' && client.profile !== 'legacy'
    ? refusal('unauthorized_client', `flowid is not for the profile ${client.profile}`)
    : null
}

/** Seed 002: "to get AuthCode for exchange to Access Token, please use GetPSD2AuthCode". */
function flowIsKnown({ kind, parameters: { flowid } }: Asked): Refusal | null {
  if (kind === 'pushed' && flowid !== undefined) return refusal('invalid_request', 'flowid cannot be pushed')
  return kind === 'flow' && flowid !== FLOW_ID ? refusal('invalid_request', 'flowid is not one that there is') : null
}

/** FAPI 2.0 Security Profile §5.3.2.2: "shall reject authorization requests sent without [RFC9126]". */
function profileKnowsUnpushed({ kind, client }: Asked): Refusal | null {
  return client.profile === 'fapi2' && kind !== 'pushed'
    ? refusal('invalid_request', 'the profile fapi2 pushes its requests')
    : null
}

/** RFC 9101 §6, and RFC 9126 §2.1: "the `request_uri` authorization request parameter MUST NOT be provided". */
function noRequestObject({ kind, parameters }: Asked): Refusal | null {
  if (parameters.request !== undefined) return refusal('request_not_supported', 'request objects are not supported')
  if (parameters.request_uri === undefined) return null
  return kind === 'pushed'
    ? refusal('invalid_request', 'a pushed request names another one')
    : refusal('request_uri_not_supported', 'request_uri is not one that was given out here')
}

/** RFC 6749 §3.1.1. */
function responseTypeIsCode({ parameters: { response_type: type } }: Asked): Refusal | null {
  if (type === undefined) return refusal('invalid_request', 'response_type is missing')
  return type === 'code' ? null : refusal('unsupported_response_type', 'response_type is not code')
}

/** OAuth 2.0 Multiple Response Types §2.1: `query` is the one that a code comes back in. */
function responseModeIsQuery({ parameters: { response_mode: mode } }: Asked): Refusal | null {
  return mode === undefined || mode === 'query' ? null : refusal('invalid_request', 'response_mode is not supported')
}

/** OpenID Connect Core §3.1.2.1. The person is always asked and may always choose; never is nothing shown. */
function promptCanBeMet({ parameters: { prompt } }: Asked): Refusal | null {
  if (prompt === undefined) return null
  const wanted = prompt.split(' ')
  if (wanted.includes('none')) return refusal('interaction_required', 'prompt is none')
  return wanted.every((one) => one === 'consent' || one === 'select_account')
    ? null
    : refusal('invalid_request', 'prompt is not supported')
}

/** Seed 002; elsewhere PKCE does what `state` is recommended for (RFC 9700 §2.1). */
function stateIsThere({ kind, parameters }: Asked): Refusal | null {
  return kind === 'flow' && parameters.state === undefined ? refusal('invalid_request', 'state is missing') : null
}

const GUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/** Seed 002: "unique GUIDv4 string, to mitigate replay attacks". */
function nonceIsGuid({ kind, parameters: { nonce } }: Asked): Refusal | null {
  if (kind !== 'flow') return null
  if (nonce === undefined) return refusal('invalid_request', 'nonce is missing')
  return GUID_V4.test(nonce) ? null : refusal('invalid_request', 'nonce is not a GUID of version 4')
}

/** RFC 7636 §4.3, §4.4.1. A `flow` may do without; whoever uses it uses S256. */
function challengeIsS256({ kind, parameters }: Asked): Refusal | null {
  const { code_challenge: challenge, code_challenge_method: method } = parameters
  if (challenge === undefined && method === undefined && kind === 'flow') return null
  if (challenge === undefined) return refusal('invalid_request', 'code_challenge is missing')
  if (method !== 'S256') return refusal('invalid_request', 'code_challenge_method is not S256')
  return isSha256(challenge) ? null : refusal('invalid_request', 'code_challenge is not a SHA-256 in base64url')
}

/** RFC 9449 §10. */
function keyThumbprintIsOne({ parameters: { dpop_jkt: thumbprint } }: Asked): Refusal | null {
  return thumbprint === undefined || isSha256(thumbprint)
    ? null
    : refusal('invalid_request', 'dpop_jkt is not a SHA-256 in base64url')
}

/** RFC 6749 §3.3: without a scope the request fails, as there is no default; RFC 9396 §3 lets details stand alone. */
function scopeIsAsked({ kind, parameters }: Asked): Refusal | null {
  if (parameters.scope !== undefined) return null
  return kind !== 'flow' && parameters.authorization_details !== undefined
    ? null
    : refusal('invalid_scope', 'scope is missing')
}

function scopesAreKnown({ parameters }: Asked): Refusal | null {
  const scopes = scopesOf(parameters)
  if (scopes === null) return refusal('invalid_scope', 'scope is not a list of tokens')
  const unknown = scopes.find((scope) => !(SCOPES as readonly string[]).includes(scope))
  return unknown === undefined ? null : refusal('invalid_scope', 'a scope is not one that there is')
}

/** Seed 002: PSD2 scopes and proprietary ones cannot be mixed. */
function scopesAreOfOneFamily({ parameters }: Asked): Refusal | null {
  const families = new Set((scopesOf(parameters) ?? []).map((scope) => scope.split('-', 1)[0]))
  return families.size > 1 ? refusal('invalid_scope', 'PSD2 and proprietary scopes are mixed') : null
}

function scopesAreSubscribed({ client, parameters }: Asked): Refusal | null {
  const foreign = (scopesOf(parameters) ?? []).find((scope) => !client.scopes.includes(scope))
  return foreign === undefined ? null : refusal('invalid_scope', `no subscription to ${foreign}`)
}

/** RFC 9396 §5. */
function detailsAreKnown({ kind, parameters: { authorization_details: details } }: Asked): Refusal | null {
  if (details === undefined) return null
  if (kind === 'flow') return refusal('invalid_authorization_details', 'authorization_details come with flowid')
  const parsed = parseAuthorizationDetails(details)
  return 'fault' in parsed ? refusal('invalid_authorization_details', parsed.fault) : null
}

/** A payment is a use of the payment scopes. */
function detailsAreSubscribed({ client, parameters }: Asked): Refusal | null {
  if (parameters.authorization_details === undefined) return null
  return client.scopes.some((scope) => scope.endsWith('-pis'))
    ? null
    : refusal('invalid_authorization_details', 'no subscription to payments')
}

const STATE_LENGTH_MAX = 2000

function isState(state: string | undefined): boolean {
  return state === undefined || (state.length <= STATE_LENGTH_MAX && /^[\x20-\x7e]*$/.test(state))
}

function isSha256(value: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(value)
}

/** RFC 6749 §3.3: the distinct tokens, or null where it is not a list of them. */
function scopesOf({ scope = '' }: RequestParameters): string[] | null {
  if (scope === '') return []
  const tokens = scope.split(' ')
  if (tokens.length > 16 || tokens.some((token) => !/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/.test(token))) return null
  return [...new Set(tokens)]
}

function redirectUriOf({ redirect_uri: uri, redirect_url: url }: RequestParameters): string {
  return uri ?? url ?? ''
}

/** A wrong `flowid` is repeated as well, where it is a short word. */
function printable(flowid: string | undefined): string {
  return flowid !== undefined && /^[\x21-\x7e]{1,64}$/.test(flowid) ? flowid : FLOW_ID
}

function refusal(error: AuthorizationError, detail: string): Refusal {
  return { error, detail }
}
