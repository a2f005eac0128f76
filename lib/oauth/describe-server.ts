import { SCOPES } from '@/lib/applications/schema'
import { env } from '@/lib/env/env'
import { AUTHORIZATION_DETAILS_TYPES } from './authorization/authorization-details'
import { CLIENT_METHODS, SIGNING_ALGORITHMS } from './clients/profile-rules'
import { OAUTH_ENDPOINTS, type OauthEndpoint } from './endpoints'
import { issuer } from './issuer'
import { SERVER_ALGORITHM } from './signing-key'
import { GRANTS } from './tokens/answer-token-request'
import { OWN_SCOPE } from './tokens/issue-client-token'

/** RFC 8414 §2, RFC 9126 §5. */
const MEMBER_OF_ENDPOINT: Partial<Record<OauthEndpoint, string>> = {
  authorize: 'authorization_endpoint',
  token: 'token_endpoint',
  par: 'pushed_authorization_request_endpoint',
  introspect: 'introspection_endpoint',
  revoke: 'revocation_endpoint',
  jwks: 'jwks_uri',
}

/** `/.well-known/oauth-authorization-server` (RFC 8414 §3.2): what the tables that serve requests say, and nothing else. */
export function describeServer(): Record<string, unknown> {
  const { publicUrl, apiUrl } = env()
  return {
    issuer: issuer(),
    ...endpointsAt(publicUrl.origin, () => true),
    scopes_supported: [OWN_SCOPE, ...SCOPES],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: Object.keys(GRANTS),
    code_challenge_methods_supported: ['S256'],
    ...authenticationAt('token_endpoint'),
    ...authenticationAt('introspection_endpoint'),
    ...authenticationAt('revocation_endpoint'),
    introspection_signing_alg_values_supported: [SERVER_ALGORITHM], // RFC 9701 §7
    dpop_signing_alg_values_supported: SIGNING_ALGORITHMS, // RFC 9449 §5.1
    authorization_details_types_supported: AUTHORIZATION_DETAILS_TYPES, // RFC 9396 §10
    authorization_response_iss_parameter_supported: true, // RFC 9207 §3
    require_pushed_authorization_requests: false, // RFC 9126 §5: of profile fapi2 alone
    tls_client_certificate_bound_access_tokens: true, // RFC 8705 §3.3
    mtls_endpoint_aliases: endpointsAt(apiUrl.origin, ({ host }) => host !== '1'), // RFC 8705 §5
  }
}

function endpointsAt(origin: string, isThere: (endpoint: { host: string }) => boolean): Record<string, string> {
  const members: Record<string, string> = {}
  for (const [name, member] of Object.entries(MEMBER_OF_ENDPOINT)) {
    const endpoint = OAUTH_ENDPOINTS[name as OauthEndpoint]
    if (isThere(endpoint)) members[member] = `${origin}${endpoint.path}`
  }
  return members
}

function authenticationAt(endpoint: string): Record<string, unknown> {
  return {
    [`${endpoint}_auth_methods_supported`]: CLIENT_METHODS,
    [`${endpoint}_auth_signing_alg_values_supported`]: SIGNING_ALGORITHMS,
  }
}
