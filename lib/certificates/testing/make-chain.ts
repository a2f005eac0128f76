import {
  aKey,
  alternativeNames,
  aName,
  authorityKeyId,
  basicConstraints,
  type CertificateOptions,
  CLIENT,
  dns,
  extendedKeyUsage,
  type KeyKind,
  keyIdOf,
  keyUsage,
  makeCertificate,
  subjectKeyId,
  type TestExtension,
  toPem,
} from './make-certificate'

/** The clock of every generated chain. */
export const NOW = new Date('2026-06-15T12:00:00Z')
const YEAR_MS = 365 * 86_400_000
export const yearsFromNow = (years: number) => new Date(NOW.getTime() + years * YEAR_MS)

/** Changes to one certificate; an extension is replaced by one of the same identifier, or left out with null. */
export type Changes = Partial<Omit<CertificateOptions, 'extensions'>> & {
  extensions?: Record<string, TestExtension | null>
  more?: TestExtension[]
}

export type ChainOptions = {
  /** From the root down: how many intermediates. */
  depth?: number
  kind?: KeyKind
  leaf?: Changes
  /** Of each intermediate, the one below the root first. */
  intermediates?: Changes[]
  root?: Changes
}

export type MadeChain = {
  /** Leaf to root. */
  all: Buffer[]
  leaf: Buffer
  /** The one that issued the leaf first. */
  intermediates: Buffer[]
  root: Buffer
  pem: string
  anchors: { der: Buffer }[]
}

/** A sound chain for a TLS client, with whatever changes a test makes to it: signed afterwards, so that a change is the only fault. */
export function makeChain(options: ChainOptions = {}): MadeChain {
  const { depth = 1, kind = 'p256' } = options
  const rootKeys = options.root?.keys ?? aKey(kind, 0)
  const rootName = options.root?.subject ?? aName({ C: 'PL', O: 'Trust Authority', CN: 'Root' })
  const made: { der: Buffer; keys: typeof rootKeys; name: Buffer }[] = []
  const root = make(
    { subject: rootName, issuer: rootName, keys: rootKeys, signer: rootKeys, serial: 1 },
    10,
    authority(),
    options.root,
  )
  made.unshift({ der: root, keys: rootKeys, name: rootName })

  for (let level = 0; level < depth; level++) {
    const changes = options.intermediates?.[level]
    const above = made[0]!
    const keys = changes?.keys ?? aKey(kind, level + 1)
    const subject = changes?.subject ?? aName({ C: 'PL', O: 'Trust Authority', CN: `Intermediate ${level + 1}` })
    const own = { subject, issuer: above.name, keys, signer: above.keys, serial: 100 + level }
    made.unshift({ der: make(own, 5, authority(), changes), keys, name: subject })
  }

  const above = made[0]!
  const keys = options.leaf?.keys ?? aKey(kind, 9)
  const subject = options.leaf?.subject ?? aName({ C: 'PL', O: 'Demo TPP', CN: 'client.tpp.example' })
  const leaf = make(
    { subject, issuer: above.name, keys, signer: above.keys, serial: 1000 },
    1,
    endEntity(),
    options.leaf,
  )
  const issuers = made.map(({ der }) => der)
  const all = [leaf, ...issuers]
  return { all, leaf, intermediates: issuers.slice(0, -1), root, pem: toPem(...all), anchors: [{ der: root }] }
}

type Own = Pick<CertificateOptions, 'subject' | 'issuer' | 'keys' | 'signer' | 'serial'>

function make(own: Own, years: number, extensions: TestExtension[], changes: Changes = {}): Buffer {
  const { extensions: replaced = {}, more = [], ...others } = changes
  const options = { ...own, notBefore: yearsFromNow(-1), notAfter: yearsFromNow(years), ...others }
  const keyIds = [subjectKeyId(keyIdOf(options.keys)), authorityKeyId(keyIdOf(options.signer))]
  const kept = [...extensions, ...keyIds]
    .map((extension) => (extension.oid in replaced ? replaced[extension.oid] : extension))
    .filter((extension) => extension !== null && extension !== undefined)
  return makeCertificate({ ...options, extensions: [...kept, ...more] })
}

function authority(): TestExtension[] {
  return [basicConstraints(true), keyUsage('keyCertSign', 'cRLSign')]
}

function endEntity(): TestExtension[] {
  return [
    basicConstraints(false),
    keyUsage('digitalSignature'),
    extendedKeyUsage(CLIENT),
    alternativeNames(dns('client.tpp.example')),
  ]
}
