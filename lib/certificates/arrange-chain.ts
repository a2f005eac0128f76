import type { Work } from './der/der'
import type { Certificate } from './parse-certificate'

/** What a chain costs beside its reading: signatures verified, names compared with constraints. */
export type ChainWork = Work & { comparisons: number }

/** A root that an operator trusts: name and key of this certificate (RFC 5280 §6.1.1 (d)). */
export type Anchor = { der: Buffer }

/** `certificate` is null where it cannot be read; it can still be trusted byte for byte. */
export type ParsedAnchor = Anchor & { certificate: Certificate | null }

/** The certificates of a file put in their places, before anything is judged. */
export type Chain = {
  /** All that could be read, in file order. */
  certificates: Certificate[]
  /** Later copies of a certificate, each with the first one. */
  duplicates: { copy: Certificate; first: Certificate }[]
  /** From the lowest certificate upward, each followed by its issuer. */
  path: Certificate[]
  /** Beyond a gap: what else leads to a root, lowest first. */
  above: Certificate[]
  strays: Certificate[]
  /** The end entity; null where there are only authorities. */
  leaf: Certificate | null
  /** Self-signed, at the end of `path`; null where that is not reached. */
  root: Certificate | null
  /** Some block could not be read: what seems to be missing may be that one. */
  hasUnread: boolean
  at: Date
  anchors: ParsedAnchor[]
  relations: Relations
  work: ChainWork
}

export function membersOf(chain: Chain): Certificate[] {
  return [...chain.path, ...chain.above]
}

/** All members but the leaf: those that vouch for another. */
export function authoritiesOf(chain: Chain): Certificate[] {
  return membersOf(chain).filter((certificate) => certificate !== chain.leaf)
}

export function isSelfIssued(certificate: Certificate): boolean {
  return certificate.subject.raw.equals(certificate.issuer.raw)
}

/** Who could have issued whom. Each pair is verified once at most, and counted. */
export class Relations {
  private readonly verified = new Map<string, boolean>()
  private readonly work: Work

  constructor(work: Work) {
    this.work = work
  }

  namesMatch(child: Certificate, issuer: Certificate): boolean {
    return child.issuer.raw.equals(issuer.subject.raw)
  }

  /** Null where one of them names no key. */
  keyIdsMatch(child: Certificate, issuer: Certificate): boolean | null {
    const wanted = child.authorityKeyId?.keyId
    return wanted && issuer.subjectKeyId ? wanted.equals(issuer.subjectKeyId) : null
  }

  isSignedBy(child: Certificate, issuer: Certificate): boolean {
    const pair = `${child.sha256} ${issuer.sha256}`
    const known = this.verified.get(pair)
    if (known !== undefined) return known
    const signed = this.verify(child, issuer)
    this.verified.set(pair, signed)
    return signed
  }

  private verify(child: Certificate, issuer: Certificate): boolean {
    if (!issuer.key) return false
    this.work.signatures += 1
    try {
      return child.x509.verify(issuer.key)
    } catch {
      return false // a key or an algorithm of another kind
    }
  }
}

type Arranged = Omit<Chain, 'hasUnread' | 'at' | 'anchors'>

/**
 * Finds the leaf and walks from it to the root. Names decide who may have issued whom; among several of one name the
 * signature does, then the way to a trusted root, then the shortest way to any. Work grows with the square of the number of
 * certificates, never with the number of paths.
 */
export function arrangeChain(certificates: Certificate[], anchors: Anchor[], work: ChainWork): Arranged {
  const relations = new Relations(work)
  const { unique, duplicates } = separateDuplicates(certificates)
  const graph = new Graph(unique, anchors, relations)
  const lowest = graph.lowest(unique)
  const path = lowest ? graph.walk(lowest, new Set()) : []
  const top = path.at(-1)
  const root = top && graph.isRoot(top) ? top : null

  const others = unique.filter((certificate) => !path.includes(certificate))
  const isAlone = lowest !== undefined && lowest === root && !isAuthority(lowest)
  const above = root && !isAlone ? [] : graph.longestToRoot(others.filter(isAuthority))
  return {
    certificates,
    duplicates,
    path,
    above,
    strays: others.filter((certificate) => !above.includes(certificate)),
    leaf: lowest && !looksLikeIssuer(lowest) ? lowest : null,
    root,
    relations,
    work,
  }
}

function separateDuplicates(certificates: Certificate[]): Pick<Chain, 'duplicates'> & { unique: Certificate[] } {
  const unique: Certificate[] = []
  const duplicates: Chain['duplicates'] = []
  for (const certificate of certificates) {
    const first = unique.find(({ der }) => der.equals(certificate.der))
    if (first) duplicates.push({ copy: certificate, first })
    else unique.push(certificate)
  }
  return { unique, duplicates }
}

export function isAuthority(certificate: Certificate): boolean {
  return certificate.basicConstraints?.isCa === true
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'

/** An authority's own certificate, rather than a leaf that was given the CA bit by mistake. */
function looksLikeIssuer(certificate: Certificate): boolean {
  if (!isAuthority(certificate) || certificate.extendedKeyUsage?.includes(CLIENT_AUTH)) return false
  return certificate.keyUsage === null || certificate.keyUsage.has('keyCertSign')
}

class Graph {
  private readonly issuers = new Map<Certificate, Certificate[]>()
  private readonly toRoot: Map<Certificate, number>
  private readonly toAnchor: Map<Certificate, number>
  private readonly certificates: Certificate[]
  private readonly relations: Relations

  constructor(certificates: Certificate[], anchors: Anchor[], relations: Relations) {
    this.certificates = certificates
    this.relations = relations
    for (const certificate of certificates) this.issuers.set(certificate, this.candidatesOf(certificate))
    const roots = certificates.filter((certificate) => this.isRoot(certificate))
    this.toRoot = this.distances(roots)
    this.toAnchor = this.distances(roots.filter(({ der }) => anchors.some((anchor) => anchor.der.equals(der))))
  }

  isRoot(certificate: Certificate): boolean {
    return isSelfIssued(certificate) && this.issuers.get(certificate)?.length === 0
  }

  /** The end of the chain: an end entity if there is one, with the longest way up, the first in the file. */
  lowest(among: Certificate[]): Certificate | undefined {
    const used = new Set(among.map((certificate) => this.issuerOf(certificate)))
    const ends = among.filter((certificate) => !used.has(certificate))
    const score = (certificate: Certificate) =>
      (isAuthority(certificate) ? 0 : 1000) +
      (this.isRoot(certificate) ? 0 : 100) +
      this.walk(certificate, new Set()).length
    return (ends.length > 0 ? ends : among).reduce<Certificate | undefined>(
      (best, certificate) => (best && score(best) >= score(certificate) ? best : certificate),
      undefined,
    )
  }

  walk(from: Certificate, seen: Set<Certificate>): Certificate[] {
    const path: Certificate[] = []
    for (let next: Certificate | undefined = from; next && !seen.has(next); next = this.issuerOf(next)) {
      seen.add(next)
      path.push(next)
    }
    return path
  }

  longestToRoot(among: Certificate[]): Certificate[] {
    const paths = among
      .map((certificate) => this.walk(certificate, new Set()).filter((member) => among.includes(member)))
      .filter((path) => path.some((certificate) => this.isRoot(certificate)))
    return paths.reduce((best, path) => (path.length > best.length ? path : best), [] as Certificate[])
  }

  private issuerOf(certificate: Certificate): Certificate | undefined {
    const rank = (candidate: Certificate) => this.toAnchor.get(candidate) ?? 100 + (this.toRoot.get(candidate) ?? 100)
    const candidates = this.issuers.get(certificate) ?? []
    return candidates.reduce<Certificate | undefined>(
      (best, candidate) => (best && rank(best) <= rank(candidate) ? best : candidate),
      undefined,
    )
  }

  /** Those that signed it; where none did, those that it names. None for a root. */
  private candidatesOf(child: Certificate): Certificate[] {
    const others = this.certificates.filter((certificate) => certificate !== child)
    if (isSelfIssued(child) && this.relations.isSignedBy(child, child)) return []
    const named = others.filter((issuer) => this.relations.namesMatch(child, issuer))
    const signers = named.filter((issuer) => this.relations.isSignedBy(child, issuer))
    if (signers.length > 0) return signers
    if (isSelfIssued(child)) return [] // a root whose own signature is wrong
    const identified = (among: Certificate[]) => among.filter((issuer) => this.relations.keyIdsMatch(child, issuer))
    if (named.length > 0) return identified(named).length > 0 ? identified(named) : named
    return identified(others).filter((issuer) => this.relations.isSignedBy(child, issuer))
  }

  private distances(roots: Certificate[]): Map<Certificate, number> {
    const distances = new Map(roots.map((root) => [root, 0]))
    for (let level = 1; level < this.certificates.length; level++) {
      for (const certificate of this.certificates) {
        const reached = this.issuers.get(certificate)?.some((issuer) => distances.get(issuer) === level - 1)
        if (reached && !distances.has(certificate)) distances.set(certificate, level)
      }
    }
    return distances
  }
}
