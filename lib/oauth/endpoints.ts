import type { HostRule } from '@/lib/context/request-info'

/** The endpoints of the authorization server: server/machine-routes serves them from here, the metadata tells of them from here. */
export const OAUTH_ENDPOINTS = {
  metadata: { path: '/.well-known/oauth-authorization-server', host: '1' },
  jwks: { path: '/oauth2/jwks', host: '1' },
  authorize: { path: '/oauth2/authorize', host: '1' },
  par: { path: '/oauth2/par', host: '1|2' },
  token: { path: '/oauth2/token', host: '1|2' },
  introspect: { path: '/oauth2/introspect', host: '1|2' },
  revoke: { path: '/oauth2/revoke', host: '1|2' },
} as const satisfies Record<string, { path: string; host: HostRule }>
export type OauthEndpoint = keyof typeof OAUTH_ENDPOINTS
