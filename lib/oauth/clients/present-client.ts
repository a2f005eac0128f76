import { isHexToken } from '@/lib/core/secrets'
import { oauthRefusal } from '../errors'
import type { Parameters } from '../parameters'
import { ClientRefused } from './client-refused'
import type { ClientMethod } from './profile-rules'

export type PresentedClient = {
  method: ClientMethod
  clientId: string
  /** The secret or the assertion; empty for a certificate, which the handshake has proved. */
  credential: string
}

type Given = { authorization: string | null; parameters: Parameters; hasCertificate: boolean }

/**
 * What a request says of its client, unproved. The methods are told apart by what is there: an Authorization header, a
 * secret, an assertion, or nothing but a `client_id` with a certificate.
 * @throws DomainError `invalid_request` for more than one (RFC 6749 §2.3); ClientRefused for none, or none that can be read
 */
export function presentClient({ authorization, parameters, hasCertificate }: Given): PresentedClient {
  const { client_id: clientId, client_secret: secret, client_assertion: assertion } = parameters
  const isAsserted = assertion !== undefined || parameters.client_assertion_type !== undefined
  const ways = [authorization !== null, secret !== undefined, isAsserted].filter(Boolean).length
  if (ways > 1) {
    throw oauthRefusal(
      'invalid_request',
      'Authenticate the client in one way only.',
      'more than one client authentication',
    )
  }
  if (authorization !== null) return fromBasic(authorization, clientId)
  if (isAsserted) return fromAssertion(assertion, parameters.client_assertion_type, clientId)
  if (clientId !== undefined && secret !== undefined) {
    return { method: 'client_secret_post', clientId: plainClientId(clientId), credential: secret }
  }
  if (clientId !== undefined && hasCertificate) {
    return { method: 'tls_client_auth', clientId: plainClientId(clientId), credential: '' }
  }
  throw new ClientRefused('no client authentication', namedBy(clientId))
}

function namedBy(clientId: string | undefined): string | null {
  return clientId === undefined ? null : plainClientId(clientId)
}

/** RFC 6749 §2.3.1: key and secret are form-encoded before Basic; what is not encoded is taken as it is. */
function fromBasic(authorization: string, named: string | undefined): PresentedClient {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1]
  if (encoded === undefined) throw new ClientRefused('the Authorization header is not Basic', namedBy(named))
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const clientId = plainClientId(formDecode(user))
  if (named !== undefined && plainClientId(named) !== clientId) {
    throw oauthRefusal('invalid_request', 'client_id names another client than the Authorization header.')
  }
  return { method: 'client_secret_basic', clientId, credential: formDecode(rest.join(':')) }
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** RFC 7521 §4.2: `client_id` may be left out, the assertion names the client. */
function fromAssertion(
  assertion: string | undefined,
  type: string | undefined,
  named: string | undefined,
): PresentedClient {
  if (type !== ASSERTION_TYPE) throw new ClientRefused('client_assertion_type is not jwt-bearer', namedBy(named))
  if (assertion === undefined) throw new ClientRefused('client_assertion is missing', namedBy(named))
  const clientId = named ?? subjectOf(assertion)
  return { method: 'private_key_jwt', clientId: plainClientId(clientId), credential: assertion }
}

/** Of an assertion that nobody has verified yet. */
function subjectOf(assertion: string): string {
  try {
    const claims: unknown = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8'))
    const subject = (claims as { sub?: unknown } | null)?.sub
    if (typeof subject === 'string') return subject
  } catch {
    // No JSON: no subject either.
  }
  throw new ClientRefused('the client assertion names no client')
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** An Application Key as it is stored: seed 002 writes it as a dashed GUID. */
export function plainClientId(given: string): string {
  if (isHexToken(given) || !GUID.test(given)) return given
  return given.replaceAll('-', '').toLowerCase()
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
