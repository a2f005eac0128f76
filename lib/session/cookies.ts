import { requestInfo } from '@/lib/context/request-info'
import { env } from '@/lib/env/env'

const NAMES = {
  session: 'session',
  attempt: 'sign-in',
  device: 'device',
  callback: 'callback-url',
  csrf: 'csrf',
  choices: 'choices',
} as const

/** Whether the browser reached us over TLS. */
export function isSecureRequest(): boolean {
  return requestInfo()?.secure ?? env().publicUrl.protocol === 'https:'
}

/** `__Host-` pins a cookie to this host and to TLS; plain HTTP, which only development has, cannot carry the prefix. */
export function cookieName(which: keyof typeof NAMES, secure = isSecureRequest()): string {
  return `${secure ? '__Host-' : ''}countersign-${NAMES[which]}`
}

export type CookieOptions = { httpOnly: true; sameSite: 'lax'; path: '/'; secure: boolean; maxAge?: number }

export function cookieOptions(maxAgeSeconds?: number, secure = isSecureRequest()): CookieOptions {
  const base = { httpOnly: true, sameSite: 'lax', path: '/', secure } as const
  return maxAgeSeconds === undefined ? base : { ...base, maxAge: maxAgeSeconds }
}

type Jar = { set(name: string, value: string, options: CookieOptions): unknown }

/** A browser ignores whatever is set under `__Host-` without `Secure`, the removal as well. */
export function dropCookie(jar: Jar, which: keyof typeof NAMES): void {
  jar.set(cookieName(which), '', cookieOptions(0))
}
