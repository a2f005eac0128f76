import { cookies } from 'next/headers'
import { endSession } from '@/lib/people/end-session'
import { cookieName, dropCookie } from './cookies'
import { requestContext } from './request-context'

/** Revokes the session of this browser and takes its cookie. */
export async function signOut(): Promise<void> {
  const jar = await cookies()
  const sessionToken = jar.get(cookieName('session'))?.value
  if (sessionToken) await endSession(await requestContext({ kind: 'anonymous' } as const), { sessionToken })
  dropCookie(jar, 'session')
}
