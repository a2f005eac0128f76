import { cookies, headers } from 'next/headers'
import NextAuth, { type NextAuthOptions } from 'next-auth'
import { database } from '@/db/client'
import { currentTime } from '@/lib/context/clock'
import { DAY, SECOND } from '@/lib/core/time'
import { attemptOver } from '@/lib/people/errors'
import { findSession } from '@/lib/people/find-session'
import type { OpenedSession } from '@/lib/people/open-session'
import { authOptions } from './auth-options'
import { cookieName, cookieOptions, dropCookie } from './cookies'
import { startPage } from './start-page'

/** Browsers keep a cookie for 400 days at most. */
const DEVICE_COOKIE_SECONDS = (400 * DAY) / SECOND

/**
 * Hands a ticket to next-auth inside the action or route that both factors came to, and sets the cookie that it answers
 * with: signing in needs no script in the browser. Answers where to go on.
 * @throws DomainError `sign-in-over` when the ticket was used or is too old
 */
export async function finishSignIn(ticket: string, returnTo: string | null): Promise<string> {
  const jar = await cookies()
  let opened: OpenedSession | undefined
  const options = authOptions({
    userAgent: (await headers()).get('user-agent') ?? '',
    deviceToken: jar.get(cookieName('device'))?.value ?? null,
    previousSessionToken: jar.get(cookieName('session'))?.value ?? null,
    onOpened: (session) => {
      opened = session
    },
  })
  const csrf = await askNextAuth(options, { method: 'GET', nextauth: ['csrf'], cookies: {} })
  const { csrfToken } = csrf.body as { csrfToken: string }
  const answer = await askNextAuth(options, {
    method: 'POST',
    nextauth: ['callback', 'ticket'],
    cookies: csrf.cookies,
    body: { csrfToken, ticket },
  })
  const sessionToken = answer.cookies[cookieName('session')]
  if (!sessionToken || !opened) throw attemptOver('the ticket was used or is too old')
  jar.set(cookieName('session'), sessionToken, cookieOptions()) // ends with the browser; the row ends it sooner
  jar.set(cookieName('device'), opened.deviceToken, cookieOptions(DEVICE_COOKIE_SECONDS))
  dropCookie(jar, 'attempt')
  if (returnTo) return returnTo
  const found = await findSession(database().db, sessionToken, currentTime())
  return found ? startPage(found) : '/'
}

type Asked = { method: 'GET' | 'POST'; nextauth: string[]; cookies: Record<string, string>; body?: object }
type Answered = { body: unknown; cookies: Record<string, string> }

/**
 * next-auth exports its handler only as a route; its form for API routes takes everything from its two arguments, so that
 * one request of ours can be answered by it without another over the network.
 */
async function askNextAuth(options: NextAuthOptions, asked: Asked): Promise<Answered> {
  const set: string[] = []
  let body: unknown = null
  const response = {
    status: () => response,
    getHeader: (name: string) => (name.toLowerCase() === 'set-cookie' ? set : undefined),
    setHeader: (name: string, value: string | string[]) => {
      if (name.toLowerCase() === 'set-cookie') set.splice(0, set.length, ...[value].flat())
      return response
    },
    send: (value: unknown) => {
      body = value
    },
    json: (value: unknown) => {
      body = value
    },
    end: () => undefined,
  }
  const request = { method: asked.method, query: { nextauth: asked.nextauth }, cookies: asked.cookies, headers: {} }
  await NextAuth({ ...request, body: asked.body } as never, response as never, options)
  return { body, cookies: Object.fromEntries(set.map(readCookie)) }
}

function readCookie(header: string): [string, string] {
  const [pair = ''] = header.split(';')
  const at = pair.indexOf('=')
  return [pair.slice(0, at), decodeURIComponent(pair.slice(at + 1))]
}
