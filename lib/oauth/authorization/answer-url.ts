import { issuer } from '../issuer'
import type { Callback } from './schema'

/**
 * The callback with an answer (RFC 6749 §4.1.2). A `flow` gets its `flowid` again (seed 002); any other answer names the
 * issuer, so that nobody mixes servers up (RFC 9207 §2). No callback has a query of its own.
 */
export function answerUrl(
  { redirectUri, state, flowid }: Callback,
  answer: { code: string } | { error: string },
): string {
  const query = new URLSearchParams(answer)
  if (state !== null) query.set('state', state)
  if (flowid !== null) query.set('flowid', flowid)
  else query.set('iss', issuer())
  return `${redirectUri}?${query}`
}
