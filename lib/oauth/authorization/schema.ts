import type { Profile } from '@/lib/applications/schema'
import type { Environment } from '@/lib/core/secrets'

/** With `flowid` (seed 002); as RFC 6749 §4.1 has it; sent beforehand (RFC 9126). */
export type RequestKind = 'flow' | 'standard' | 'pushed'

/** What `flowid` must be (seed 002). */
export const FLOW_ID = 'GetPSD2AuthCode'

/** RFC 6749 §4.1.2.1, RFC 9101 §6, RFC 9396 §5, OpenID Connect Core §3.1.2.6. */
export const AUTHORIZATION_ERRORS = [
  'invalid_request',
  'unauthorized_client',
  'access_denied',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'invalid_authorization_details',
  'request_not_supported',
  'request_uri_not_supported',
  'invalid_request_uri',
  'interaction_required',
] as const
export type AuthorizationError = (typeof AUTHORIZATION_ERRORS)[number]

/** `detail` is the exact reason, for the log alone. */
export type Refusal = { error: AuthorizationError; detail: string }

/** The application that an authorization request names, with what its request is measured by. */
export type AuthorizationClient = {
  applicationId: string
  environment: Environment
  clientId: string
  profile: Profile
  /** That it has subscribed to. */
  scopes: readonly string[]
  callbacks: readonly { url: string; host: string }[]
  suspended: boolean
}

/** Each once, none empty. */
export type RequestParameters = Readonly<Record<string, string | undefined>>

/** Parameters that could not be read, and why: such a one is not among the values. */
export type Faults = ReadonlyMap<string, string>

/** RFC 9396; `type` alone is common to all of them. */
export type AuthorizationDetails = { type: string } & Record<string, unknown>

/** A request that passed every check, as it is stored. */
export type AuthorizationRequest = {
  kind: RequestKind
  applicationId: string
  environment: Environment
  /** As it was sent: the answer goes there, the exchange repeats it. */
  redirectUri: string
  state: string | null
  /** Of a `flow`. */
  nonce: string | null
  scopes: string[]
  authorizationDetails: AuthorizationDetails[] | null
  codeChallenge: string | null
  /** `dpop_jkt` (RFC 9449 §10). */
  jwkThumbprint: Buffer | null
}

/** Where an answer goes, and what it repeats. `flowid` null: of the standard kind, whose answers carry `iss` (RFC 9207). */
export type Callback = { redirectUri: string; state: string | null; flowid: string | null }

export type ReadRequest =
  | { outcome: 'good'; request: AuthorizationRequest }
  /** Back to the callback, which is known to be the client's. */
  | ({ outcome: 'redirect'; callback: Callback } & Refusal)
  /** RFC 6749 §4.1.2.1: "MUST NOT automatically redirect the user agent to the invalid redirection URI". */
  | ({ outcome: 'page' } & Refusal)
