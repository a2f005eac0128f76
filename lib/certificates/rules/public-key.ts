import { membersOf } from '../arrange-chain'
import { finding } from '../finding'
import { cutOid } from '../key-purposes'
import type { Certificate } from '../parse-certificate'
import type { Finding } from '../schema'
import type { Rule } from './rule'

const MIN_RSA_BITS = 2048
/** What OpenSSL still verifies with. */
const MAX_RSA_BITS = 16_384
const F4 = 65_537n
const MAX_EXPONENT_BITS = 64n

const RSA = '1.2.840.113549.1.1.1'
const RSA_PSS = '1.2.840.113549.1.1.10'
const EC = '1.2.840.10045.2.1'
const EDWARDS: Record<string, string> = { '1.3.101.112': 'Ed25519', '1.3.101.113': 'Ed448' }
const CURVES: Record<string, string> = {
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
}
const REFUSED_CURVES: Record<string, string> = {
  '1.2.840.10045.3.1.1': 'P-192',
  '1.3.132.0.33': 'P-224',
  '1.3.132.0.10': 'secp256k1',
  '1.3.36.3.3.2.8.1.1.7': 'brainpoolP256r1',
  '1.3.36.3.3.2.8.1.1.11': 'brainpoolP384r1',
  '1.3.36.3.3.2.8.1.1.13': 'brainpoolP512r1',
}
const REFUSED_TYPES: Record<string, string> = {
  '1.2.840.10040.4.1': 'DSA',
  '1.3.101.110': 'X25519',
  '1.3.101.111': 'X448',
}

/** The keys that a TLS 1.3 handshake here completes with (RFC 8446 §4.2.3), and that nobody can break. */
export const publicKey: Rule = (chain) => membersOf(chain).flatMap(judge)

export function describeKey(certificate: Certificate): string {
  const { keyAlgorithm, curve, key } = certificate
  if (keyAlgorithm === RSA || keyAlgorithm === RSA_PSS) {
    const bits = key?.asymmetricKeyDetails?.modulusLength
    return `RSA${keyAlgorithm === RSA_PSS ? '-PSS' : ''} ${bits ?? '(unreadable)'}`
  }
  if (keyAlgorithm === EC)
    return (
      CURVES[curve ?? ''] ?? REFUSED_CURVES[curve ?? ''] ?? `EC ${curve ? cutOid(curve) : 'with explicit parameters'}`
    )
  return EDWARDS[keyAlgorithm] ?? REFUSED_TYPES[keyAlgorithm] ?? cutOid(keyAlgorithm)
}

function judge(certificate: Certificate): Finding[] {
  const { keyAlgorithm, curve, key, label } = certificate
  const has = `${label} has a key of the kind ${describeKey(certificate)}`
  if (keyAlgorithm === EC) {
    if (CURVES[curve ?? ''] && key) return []
    return [finding('key-curve', certificate, `${has}; expected P-256, P-384 or P-521.`)]
  }
  if (keyAlgorithm === RSA || keyAlgorithm === RSA_PSS) return judgeRsa(certificate, has)
  if (EDWARDS[keyAlgorithm] && key) return []
  return [finding('key-type', certificate, `${has}.`)]
}

function judgeRsa(certificate: Certificate, has: string): Finding[] {
  const { modulusLength: bits, publicExponent: exponent } = certificate.key?.asymmetricKeyDetails ?? {}
  if (bits === undefined || exponent === undefined || bits > MAX_RSA_BITS) {
    return [finding('key-type', certificate, `${has}, which cannot be used.`)]
  }
  const findings: Finding[] = []
  if (bits < MIN_RSA_BITS) {
    findings.push(finding('key-too-small', certificate, `${has}; expected ${MIN_RSA_BITS} bits at least.`))
  }
  const isUnsafe = exponent < 3n || exponent % 2n === 0n || exponent >> MAX_EXPONENT_BITS > 0n
  if (isUnsafe) {
    const shown = exponent >> MAX_EXPONENT_BITS > 0n ? 'longer than 64 bits' : exponent.toString()
    findings.push(finding('key-exponent', certificate, `${has} with a public exponent ${shown}; expected 65537.`))
  } else if (exponent < F4) {
    findings.push(finding('key-exponent-small', certificate, `${has} with the public exponent ${exponent}.`))
  }
  return findings
}
