import { canonicalJson } from '@/lib/core/canonical-json'
import { parseAuthorizationDetails } from '../authorization/authorization-details'
import { oauthRefusal } from '../errors'
import type { Parameters } from '../parameters'

type Details = readonly Record<string, unknown>[]

/** What a token request asks for itself; null where it asks nothing. @throws DomainError `invalid_authorization_details` */
export function readAskedDetails({ authorization_details: text }: Parameters): Details | null {
  if (text === undefined) return null
  const parsed = parseAuthorizationDetails(text)
  if ('fault' in parsed)
    throw oauthRefusal('invalid_authorization_details', 'Not details that there are.', parsed.fault)
  return parsed.ok
}

/** RFC 9396 §6: no token is for what was not granted; of what was, each act stands as it was granted or not at all. */
export function requireGrantedDetails(asked: Details | null, granted: Details | null): void {
  if (asked === null) return
  const known = new Set((granted ?? []).map((details) => canonicalJson(details)))
  if (asked.every((details) => known.has(canonicalJson(details)))) return
  throw oauthRefusal(
    'invalid_authorization_details',
    'More than was granted.',
    'authorization_details beyond the grant',
  )
}
