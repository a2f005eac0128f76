import type { Faults, RequestParameters } from './schema'

/** Of the query as it stands in the address; what is longer belongs into a pushed request. */
const QUERY_LENGTH_MAX = 8 * 1024
const COUNT_MAX = 50
const VALUE_LENGTH_MAX = 4096

export type ReadQuery = { parameters: RequestParameters; faults: Faults }

/**
 * The parameters of an authorization request from its query, form-encoded (RFC 6749 appendix B); null where nothing of it can
 * be trusted. One that comes twice, or holds line breaks and other controls, is no value but a fault. Without a value it is
 * as if it were not there (RFC 6749 §3.1).
 */
export function readQuery(query: string): ReadQuery | null {
  if (query.length > QUERY_LENGTH_MAX) return null
  const pairs = query.split('&').filter((pair) => pair !== '')
  if (pairs.length > COUNT_MAX) return null
  const parameters: Record<string, string> = Object.create(null)
  const faults = new Map<string, string>()
  const seen = new Set<string>()
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const name = decode(at < 0 ? pair : pair.slice(0, at))
    const value = decode(at < 0 ? '' : pair.slice(at + 1))
    // Under a name that cannot be read anything could hide.
    if (name === null || !/^[\x21-\x7e]{1,64}$/.test(name)) return null
    const fault = faultOf(name, value, seen)
    seen.add(name)
    if (fault !== null) {
      faults.set(name, fault)
      delete parameters[name]
    } else if (value !== null && value !== '') parameters[name] = value
  }
  return { parameters, faults }
}

function faultOf(name: string, value: string | null, seen: Set<string>): string | null {
  const shown = name.replace(/[^\w.:-]/g, '?')
  if (seen.has(name)) return `${shown} is there more than once`
  if (value === null) return `${shown} is not form-encoded UTF-8`
  if (value.length > VALUE_LENGTH_MAX) return `${shown} is too long`
  const hidden = name === 'authorization_details' ? /[^\t\n\r\P{Cc}]/u : /\p{Cc}/u // JSON may be laid out in lines
  return hidden.test(value) ? `${shown} holds control characters` : null
}

/** Null where a percent sign stands for nothing, or for bytes that are no UTF-8. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}
