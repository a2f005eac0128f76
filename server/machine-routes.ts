import * as metadata from '@/app/.well-known/oauth-authorization-server/route'
import * as accessTokenOfConnection from '@/app/oa2/v1/ac/token/route'
import * as accessTokenOfApplication from '@/app/oa2/v1/cc/token/route'
import * as connection from '@/app/oa2/v1/connection/[id]/route'
import * as connections from '@/app/oa2/v1/connection/route'
import * as status from '@/app/oa2/v1/status/route'
import * as authorize from '@/app/oauth2/authorize/route'
import * as introspect from '@/app/oauth2/introspect/route'
import * as jwks from '@/app/oauth2/jwks/route'
import * as par from '@/app/oauth2/par/route'
import * as revoke from '@/app/oauth2/revoke/route'
import * as token from '@/app/oauth2/token/route'
import * as ownApplication from '@/app/v1/application/route'
import type { HostRule } from '@/lib/context/request-info'
import type { Endpoint, MachineHandler } from '@/lib/http/machine-endpoint'
import { OAUTH_ENDPOINTS } from '@/lib/oauth/endpoints'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
export type MachineRoute = {
  /** As Next writes it: `[id]` is one segment. */
  path: string
  host: HostRule
  handlers: Partial<Record<Method, MachineHandler>>
}

/** Every machine endpoint: the route files of `app/`, mounted on node:http without Next in between. */
export const MACHINE_ROUTES: readonly MachineRoute[] = [
  { path: '/oa2/v1/cc/token', host: '1', handlers: accessTokenOfApplication },
  { path: '/oa2/v1/ac/token', host: '1', handlers: accessTokenOfConnection },
  { path: '/oa2/v1/status', host: '1', handlers: status },
  { path: '/oa2/v1/connection', host: '1', handlers: connections },
  { path: '/oa2/v1/connection/[id]', host: '1', handlers: connection },
  { ...OAUTH_ENDPOINTS.metadata, handlers: metadata },
  { ...OAUTH_ENDPOINTS.par, handlers: par },
  { ...OAUTH_ENDPOINTS.token, handlers: token },
  { ...OAUTH_ENDPOINTS.introspect, handlers: introspect },
  { ...OAUTH_ENDPOINTS.revoke, handlers: revoke },
  { ...OAUTH_ENDPOINTS.jwks, handlers: jwks },
  { ...OAUTH_ENDPOINTS.authorize, handlers: authorize },
  { path: '/v1/application', host: '2', handlers: ownApplication },
]

export const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE']

/** The table line by line: method, path, host, and who calls with what. */
export const MACHINE_ENDPOINTS: readonly ({ method: Method; path: string; host: HostRule } & Endpoint)[] =
  MACHINE_ROUTES.flatMap(({ path, host, handlers }) =>
    METHODS.flatMap((method) => {
      const endpoint = handlers[method]?.endpoint
      return endpoint ? [{ method, path, host, ...endpoint }] : []
    }),
  )

/** Whatever begins like this is a machine's, found or not: Next never answers for it. */
const MACHINE_PREFIXES = ['/oa2', '/shop', '/oauth2', '/v1', '/.well-known']

export function isMachinePath(path: string): boolean {
  const lower = path.toLowerCase()
  return MACHINE_PREFIXES.some((prefix) => lower === prefix || lower.startsWith(`${prefix}/`))
}

type Compiled = { route: MachineRoute; segments: string[] }
const fixed = new Map<string, MachineRoute>()
const patterns: Compiled[] = []
for (const route of MACHINE_ROUTES) {
  if (route.path.includes('[')) patterns.push({ route, segments: route.path.split('/') })
  else fixed.set(route.path, route)
}

export type Match = { route: MachineRoute; params: Record<string, string> }

/** Exact and case-sensitive; null when no route has that path. */
export function matchMachineRoute(path: string): Match | null {
  const route = fixed.get(path)
  if (route) return { route, params: {} }
  const segments = path.split('/')
  for (const pattern of patterns) {
    const params = paramsOf(pattern.segments, segments)
    if (params) return { route: pattern.route, params }
  }
  return null
}

function paramsOf(pattern: string[], segments: string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null
  const params: Record<string, string> = {}
  for (const [index, wanted] of pattern.entries()) {
    const given = segments[index] as string
    if (wanted.startsWith('[')) {
      if (given === '') return null
      params[wanted.slice(1, -1)] = given
    } else if (wanted !== given) return null
  }
  return params
}
