import { env } from '@/lib/env/env'

/** RFC 8414 §2: the authorization server's name, in its metadata and in each answer (RFC 9207). */
export function issuer(): string {
  return env().publicUrl.origin
}

/** Where a path is reached: on the 1-way host and on the 2-way host. */
export function urlsOf(path: string): string[] {
  const { publicUrl, apiUrl } = env()
  return [`${publicUrl.origin}${path}`, `${apiUrl.origin}${path}`]
}
