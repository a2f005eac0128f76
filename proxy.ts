import { randomBytes } from 'node:crypto'
import { type NextRequest, NextResponse } from 'next/server'
import { isOwnOrigin } from '@/lib/http/own-origin'
import { isSecureRequest } from '@/lib/session/cookies'

/** Machine endpoints answer for themselves: no cookies, no pages, no Origin. */
const MACHINE =
  /^\/(oa2|v1|shop|\.well-known)\/|^\/oauth2\/(authorize|par|token|introspect|revoke|jwks)$|^\/(healthz|readyz|metrics)$/

/**
 * Pages whose address holds a token, or that lead away to applications: nothing of it may leave with a link. Not by
 * "no-referrer": a form that no script sends then has the Origin "null" (Fetch, 3.2), which is refused here.
 */
const KEPT_TO_US = /^\/(confirm-email|reset-password|wallet|invitations|calendars|consent)(\/|$)/

export const config = { matcher: [{ source: '/((?!_next/static|_next/image|icons/|favicon.ico).*)' }] }

/** Headers of our own pages, and the refusal of state changes that come from anywhere else. It authorizes nobody. */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl
  if (MACHINE.test(pathname)) return NextResponse.next()
  if (!isSafe(request)) {
    return NextResponse.json(
      {
        type: 'about:blank',
        title: 'This request did not come from our own pages.',
        status: 403,
        code: 'origin-refused',
      },
      { status: 403, headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' } },
    )
  }
  const policy = contentSecurityPolicy(randomBytes(16).toString('base64'), pathname)
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy) // Next reads its nonce from here
  headers.set('x-countersign-path', pathname + search)
  const response = NextResponse.next({ request: { headers } })
  for (const [name, value] of pageHeaders(request, policy)) response.headers.set(name, value)
  return response
}

function isSafe(request: NextRequest): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true
  return isOwnOrigin(request.headers.get('origin'), request.headers.get('host'))
}

function contentSecurityPolicy(nonce: string, pathname: string): string {
  const development = process.env.NODE_ENV === 'development'
  const scanner = pathname === '/wallet/scan' ? " 'wasm-unsafe-eval'" : ''
  // React's development build evaluates source maps, and hot reload needs a socket.
  const scripts = `'self' 'nonce-${nonce}' 'strict-dynamic'${scanner}${development ? " 'unsafe-eval'" : ''}`
  return [
    "default-src 'self'",
    `script-src ${scripts}`,
    development ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'", // libraries set the style attribute; no style sheet can come in that way
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    `connect-src 'self'${development ? ' ws: wss:' : ''}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function pageHeaders(request: NextRequest, policy: string): [string, string][] {
  const { pathname } = request.nextUrl
  const camera = /^\/wallet(\/|$)/.test(pathname) ? '(self)' : '()'
  const headers: [string, string][] = [
    ['Content-Security-Policy', policy],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Referrer-Policy', KEPT_TO_US.test(pathname) ? 'same-origin' : 'strict-origin-when-cross-origin'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'], // for browsers that do not know frame-ancestors
    ['Permissions-Policy', `camera=${camera}, microphone=(), geolocation=(), payment=(), usb=()`],
  ]
  if (isSecureRequest()) headers.push(['Strict-Transport-Security', 'max-age=63072000; includeSubDomains'])
  return headers
}
