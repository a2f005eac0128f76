import { type Der, DerError, Elements, listOf, oidOf, readOnly } from '../der/der'
import { type Certificate, EXTENSION } from '../parse-certificate'

const OCSP = '1.3.6.1.5.5.7.48.1'
/** Of one certificate: what an authority really publishes is one or two. */
const MAX_SOURCES = 4
const MAX_URL = 500

/** Where an authority publishes revocation; `unsupported` in a way that is not processed here. */
export type Source = { kind: 'crl' | 'ocsp' | 'unsupported'; url: string }

/**
 * Where a certificate says that its revocation is published: complete lists of its own issuer (RFC 5280 §4.2.1.13) and responders
 * (§4.2.2.1). Where it says so, but only in ways that are not processed here (LDAP, lists of another issuer or for some reasons, unreadable
 * extensions), that is one source which never answers: not the same as publishing none.
 */
export function findSources(certificate: Certificate): Source[] {
  const crls = read(certificate, EXTENSION.crlDistributionPoints, readPoints)
  const responders = read(certificate, EXTENSION.authorityInfoAccess, readResponders)
  const named = [...(crls ?? []), ...(responders ?? [])]
  const usable = named.filter(({ url }) => isUsable(url))
  const unique = [...new Map(usable.map((source) => [`${source.kind} ${source.url}`, source])).values()]
  if (unique.length > 0) return unique.slice(0, MAX_SOURCES)
  const isNamed = crls === null || responders === null || named.length > 0
  return isNamed ? [{ kind: 'unsupported', url: '' }] : []
}

/** Null where the extension is there and cannot be read. */
function read(certificate: Certificate, oid: string, reader: (list: Der) => Source[]): Source[] | null {
  const extension = certificate.extensions.find((candidate) => candidate.oid === oid)
  if (!extension) return []
  try {
    return reader(readOnly(extension.value, { nodes: 0, signatures: 0 }))
  } catch (error) {
    if (error instanceof DerError) return null
    throw error
  }
}

function readPoints(list: Der): Source[] {
  return listOf(list).flatMap((point) => {
    const fields = new Elements(point)
    const name = fields.optional(0xa0)
    const reasons = fields.optional(0xa1) ?? fields.optional(0x81)
    const issuer = fields.optional(0xa2)
    fields.end()
    const full = name?.children[0]
    if (reasons || issuer || full?.tag !== 0xa0) return [{ kind: 'crl' as const, url: '' }]
    return full.children.map((place) => ({ kind: 'crl' as const, url: place.tag === 0x86 ? textOf(place) : '' }))
  })
}

function readResponders(list: Der): Source[] {
  return listOf(list).flatMap((description) => {
    const fields = new Elements(description)
    const method = oidOf(fields.next())
    const place = fields.next()
    fields.end()
    return method === OCSP ? [{ kind: 'ocsp' as const, url: place.tag === 0x86 ? textOf(place) : '' }] : []
  })
}

function textOf({ content }: Der): string {
  return content.toString('latin1')
}

/** Printable ASCII over HTTP: what the guard on outbound requests judges further. */
function isUsable(url: string): boolean {
  return url.length <= MAX_URL && /^https?:\/\/[!-~]+$/i.test(url) && URL.canParse(url)
}
