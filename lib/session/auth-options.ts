import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { database } from '@/db/client'
import { currentTime } from '@/lib/context/clock'
import { mac } from '@/lib/core/seal'
import { SECOND } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { log } from '@/lib/log/log'
import { endSession } from '@/lib/people/end-session'
import { findSession } from '@/lib/people/find-session'
import { type OpenedSession, openSession, SESSION_MS } from '@/lib/people/open-session'
import { cookieName, cookieOptions, isSecureRequest } from './cookies'
import { requestContext } from './request-context'

/** What our token carries through next-auth: the cookie's own value, which alone goes back into the cookie. */
type CarriedToken = { sessionToken?: string; sub?: string }

export type SignInHooks = {
  userAgent: string
  deviceToken: string | null
  previousSessionToken: string | null
  /** Told which session the ticket became, so that the action can set the device's cookie too. */
  onOpened?: (opened: OpenedSession) => void
}

/**
 * next-auth with its `jwt` strategy, whose token is not a JWT here but an opaque value: `encode` gives out the value that
 * `openSession` made, `decode` looks its hash up in `sessions`. So every request sees a revocation, and nothing that a
 * client sends to `update` can reach the session, because nothing of it is ever encoded.
 */
export function authOptions(hooks: SignInHooks): NextAuthOptions {
  // next-auth reads its own address from the environment only.
  process.env.NEXTAUTH_URL = env().publicUrl.origin
  const secure = isSecureRequest()
  const cookie = (which: 'session' | 'callback' | 'csrf') => ({
    name: cookieName(which, secure),
    options: cookieOptions(undefined, secure),
  })
  return {
    secret: nextAuthSecret(),
    useSecureCookies: secure,
    cookies: { sessionToken: cookie('session'), callbackUrl: cookie('callback'), csrfToken: cookie('csrf') },
    pages: { signIn: '/sign-in', signOut: '/sign-out', error: '/sign-in' },
    session: { strategy: 'jwt', maxAge: SESSION_MS / SECOND },
    jwt: {
      encode: async ({ token }) => (token as CarriedToken | undefined)?.sessionToken ?? '',
      decode: async ({ token }) => decodeSession(token),
    },
    providers: [ticketProvider(hooks)],
    callbacks: {
      jwt: async ({ token, user, trigger }) =>
        trigger === 'signIn' ? { sub: user.id, sessionToken: (user as CarriedToken).sessionToken } : token,
      session: async ({ session }) => ({ expires: session.expires, user: { name: session.user?.name } }),
    },
    events: {
      signOut: async ({ token }) => {
        const { sessionToken } = (token ?? {}) as CarriedToken
        if (sessionToken) await endSession(await requestContext({ kind: 'anonymous' } as const), { sessionToken })
      },
    },
    logger: {
      error: (code, metadata) => log().error({ code, metadata }, 'next-auth'),
      warn: (code) => log().debug({ code }, 'next-auth'),
      debug: () => undefined,
    },
  }
}

function ticketProvider(hooks: SignInHooks) {
  return CredentialsProvider({
    id: 'ticket',
    credentials: { ticket: {} },
    authorize: async (credentials) => {
      const ctx = await requestContext({ kind: 'anonymous' } as const)
      const opened = await openSession(ctx, { ...hooks, ticket: credentials?.ticket ?? '' })
      if (!opened) return null
      hooks.onOpened?.(opened)
      return { id: opened.personId, sessionToken: opened.sessionToken }
    },
  })
}

async function decodeSession(token: string | undefined): Promise<(CarriedToken & { name: string }) | null> {
  const found = token ? await findSession(database().db, token, currentTime()) : null
  return found && token ? { sub: found.person.id, name: found.person.name, sessionToken: token } : null
}

/** For next-auth's own CSRF cookie; derived, so that an installation has one secret to keep. */
function nextAuthSecret(): string {
  return mac(env().secretKeys, 'next-auth', 'csrf').mac.toString('hex')
}
