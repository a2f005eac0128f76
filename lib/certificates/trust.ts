import type { Anchor, Chain, ParsedAnchor } from './arrange-chain'
import { DerError } from './der/der'
import { finding } from './finding'
import { type Name, shortName } from './name'
import { type Certificate, parseCertificate } from './parse-certificate'
import type { Finding } from './schema'

/**
 * RFC 5280 §6.1.1 (d): a trust anchor is a name and a key. The submitted root is trusted where it is an operator's anchor, or
 * another certificate of that name and key; never for having been submitted.
 */
export function judgeTrust({ root, leaf, at, anchors }: Chain): { anchor: Buffer | null; findings: Finding[] } {
  // A leaf that signed itself has no authority to be trusted.
  if (!root || root === leaf) return { anchor: null, findings: [] }
  const same = anchors.find(({ der }) => der.equals(root.der))
  if (same) return { anchor: same.der, findings: [] }

  const namesakes = anchorsNamed(anchors, root.subject)
  const known = namesakes.find((anchor) => anchor.keyInfo.equals(root.keyInfo))
  const name = shortName(root.subject)
  if (known && at >= known.notBefore && at <= known.notAfter) {
    const message = `${root.label}, the root ${name}, is not the trusted certificate itself (SHA-256 ${known.sha256}), but has its name and key.`
    return { anchor: known.der, findings: [finding('root-reissued', root, message)] }
  }
  const message = `${root.label}, the root ${name} (SHA-256 ${root.sha256}), is not among the trusted roots.`
  return { anchor: null, findings: [finding('root-unknown', root, message + explain(known, namesakes))] }
}

function explain(known: Certificate | undefined, namesakes: Certificate[]): string {
  if (known) return ' The trusted certificate of that name and key is outside its validity.'
  return namesakes.length > 0 ? ' A trusted root has the same name, but another key.' : ''
}

/** The trusted root that a chain lacks: it has the name of the missing issuer and made the signature. */
export function findMissingRoot({ path, root, anchors, relations }: Chain): Certificate | null {
  const last = path.at(-1)
  if (!last || root) return null
  return anchorsNamed(anchors, last.issuer).find((anchor) => relations.isSignedBy(last, anchor)) ?? null
}

function anchorsNamed(anchors: ParsedAnchor[], name: Name): Certificate[] {
  return anchors.flatMap(({ certificate }) => (certificate?.subject.raw.equals(name.raw) ? certificate : []))
}

const PLACE = { index: 0, lines: null, label: 'Anchor' }

export function parseAnchor({ der }: Anchor): ParsedAnchor {
  try {
    return { der, certificate: parseCertificate(der, PLACE, { nodes: 0, signatures: 0 }) }
  } catch (error) {
    if (error instanceof DerError) return { der, certificate: null }
    throw error
  }
}
