import { env } from '@/lib/env/env'

/** RFC 8414 §2: the authorization server's name, in its metadata and in each answer (RFC 9207). */
export function issuer(): string {
  return env().publicUrl.origin
}
