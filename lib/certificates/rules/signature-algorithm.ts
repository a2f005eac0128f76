import { membersOf } from '../arrange-chain'
import { DerError, Elements, OID, oidOf, readOnly, type Work } from '../der/der'
import { finding } from '../finding'
import { cutOid } from '../key-purposes'
import type { Certificate } from '../parse-certificate'
import type { Finding } from '../schema'
import type { Rule } from './rule'

const PSS = '1.2.840.113549.1.1.10'
const STRONG: Record<string, string> = {
  '1.2.840.113549.1.1.11': 'SHA-256 with RSA',
  '1.2.840.113549.1.1.12': 'SHA-384 with RSA',
  '1.2.840.113549.1.1.13': 'SHA-512 with RSA',
  '1.2.840.10045.4.3.2': 'SHA-256 with ECDSA',
  '1.2.840.10045.4.3.3': 'SHA-384 with ECDSA',
  '1.2.840.10045.4.3.4': 'SHA-512 with ECDSA',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
}
const WEAK: Record<string, string> = {
  '1.2.840.113549.1.1.2': 'MD2 with RSA',
  '1.2.840.113549.1.1.4': 'MD5 with RSA',
  '1.2.840.113549.1.1.5': 'SHA-1 with RSA',
  '1.3.14.3.2.29': 'SHA-1 with RSA',
  '1.2.840.10040.4.3': 'SHA-1 with DSA',
  '1.2.840.10045.4.1': 'SHA-1 with ECDSA',
}
const STRONG_HASHES: Record<string, string> = {
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
}
const SHA1 = '1.3.14.3.2.26'

type Strength = 'strong' | 'weak' | 'unknown'

/** RFC 9155, RFC 8446 §4.2.3: no MD5, no SHA-1; RFC 5280 §4.1.1.2: the algorithm is named twice alike. */
export const signatureAlgorithm: Rule = (chain) =>
  membersOf(chain).flatMap((certificate) => judge(certificate, certificate === chain.root, chain.work))

/** Whether a signature that does not verify says something about the certificate, rather than about its algorithm. */
export function isVerifiable(certificate: Certificate, work: Work): boolean {
  return certificate.signature.agrees && classify(certificate, work).strength !== 'unknown'
}

export function describeSignature(certificate: Certificate, work: Work): string {
  return classify(certificate, work).name
}

function judge(certificate: Certificate, isRoot: boolean, work: Work): Finding[] {
  const { strength, name } = classify(certificate, work)
  const signed = `${certificate.label} is signed with ${name}`
  const findings: Finding[] = []
  if (strength === 'weak') {
    findings.push(finding(isRoot ? 'root-signature-old' : 'signature-algorithm-weak', certificate, `${signed}.`))
  } else if (strength === 'unknown') {
    findings.push(finding('signature-algorithm-unknown', certificate, `${signed}, which is not accepted.`))
  }
  if (!certificate.signature.agrees) {
    const message = `${certificate.label} names one signature algorithm inside its signed part, and another beside it.`
    findings.push(finding('signature-algorithm-differs', certificate, message))
  }
  return findings
}

function classify(
  { signature: { algorithm, parameters } }: Certificate,
  work: Work,
): { strength: Strength; name: string } {
  if (algorithm === PSS) return classifyPss(parameters, work)
  if (STRONG[algorithm]) return { strength: 'strong', name: STRONG[algorithm] }
  if (WEAK[algorithm]) return { strength: 'weak', name: WEAK[algorithm] }
  return { strength: 'unknown', name: cutOid(algorithm) }
}

/** RFC 4055 §3.1: hash and mask generation; where they are absent, SHA-1 is meant. */
function classifyPss(parameters: Buffer | null, work: Work): { strength: Strength; name: string } {
  const hashes = parameters && readPssHashes(parameters, work)
  if (!hashes) return { strength: 'unknown', name: 'RSA-PSS with parameters that cannot be read' }
  if (hashes.includes(SHA1)) return { strength: 'weak', name: 'SHA-1 with RSA-PSS' }
  const [hash = '', mask = ''] = hashes
  if (!STRONG_HASHES[hash] || hash !== mask)
    return { strength: 'unknown', name: `RSA-PSS with ${cutOid(hash)} and ${cutOid(mask)}` }
  return { strength: 'strong', name: `${STRONG_HASHES[hash]} with RSA-PSS` }
}

function readPssHashes(parameters: Buffer, work: Work): [string, string] | null {
  try {
    const fields = new Elements(readOnly(parameters, work))
    const hash = fields.optional(0xa0)
    const mask = fields.optional(0xa1)
    fields.optional(0xa2)
    fields.optional(0xa3)
    fields.end()
    const algorithmOf = (tagged: typeof hash) => {
      const algorithm = tagged?.children[0]?.children[0]
      return algorithm?.tag === OID ? oidOf(algorithm) : SHA1
    }
    const maskHash = mask?.children[0]?.children[1]?.children[0]
    return [algorithmOf(hash), maskHash?.tag === OID ? oidOf(maskHash) : SHA1]
  } catch (error) {
    if (error instanceof DerError) return null
    throw error
  }
}
