import { oauthRefusal } from './errors'

/** Parameters of a request to `/oauth2/*`: each once, none empty. */
export type Parameters = Readonly<Record<string, string | undefined>>

const NAME = /^[A-Za-z0-9_.:-]{1,64}$/
const PRINTABLE = /^[\x20-\x7e]*$/
const COUNT_MAX = 64
const VALUE_MAX = 4096
/** Longer by their nature: signed tokens, RFC 9396. */
const LONG = new Set(['client_assertion', 'authorization_details', 'request', 'id_token_hint', 'claims'])
const LONG_MAX = 16 * 1024

/**
 * What was decoded from a body or a query, fit to be looked at: text of printable ASCII (RFC 6749 appendix A), so that no line
 * break goes anywhere; JSON of `authorization_details` may hold any letter. A parameter without a value is as if it were not
 * there (RFC 6749 §3.1, §3.2). @throws DomainError `invalid_request`
 */
export function readParameters(members: Readonly<Record<string, unknown>>): Parameters {
  const parameters: Record<string, string> = Object.create(null)
  const entries = Object.entries(members)
  if (entries.length > COUNT_MAX) throw oauthRefusal('invalid_request', 'There are too many parameters.')
  for (const [name, value] of entries) {
    if (!NAME.test(name)) throw oauthRefusal('invalid_request', 'The name of a parameter is not one.')
    const text = name === 'authorization_details' && Array.isArray(value) ? JSON.stringify(value) : value
    if (typeof text !== 'string') throw oauthRefusal('invalid_request', `${name} is not a text.`)
    if (text === '') continue
    if (text.length > (LONG.has(name) ? LONG_MAX : VALUE_MAX)) {
      throw oauthRefusal('invalid_request', `${name} is too long.`)
    }
    if (name !== 'authorization_details' && !PRINTABLE.test(text)) {
      throw oauthRefusal('invalid_request', `${name} holds characters that it cannot.`)
    }
    parameters[name] = text
  }
  return parameters
}

/** RFC 6749 §3.3: the distinct tokens of a scope; null where one is not a token. */
export function readScope(scope: string): string[] | null {
  const tokens = scope.split(' ').filter((token) => token !== '')
  if (tokens.length > 16 || tokens.some((token) => !/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/.test(token))) return null
  return [...new Set(tokens)]
}
