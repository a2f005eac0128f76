import { z } from 'zod'
import type { FindingCode } from './finding-codes'

/** Most that is read of one submission: bytes of the file, certificates in it. */
export const MAX_BYTES = 256 * 1024
export const MAX_CERTIFICATES = 10

export const SEVERITIES = ['error', 'warning', 'unchecked'] as const
export type Severity = (typeof SEVERITIES)[number]

export const VERDICTS = ['accept', 'review', 'reject'] as const
export type Verdict = (typeof VERDICTS)[number]

/** What is wrong, where, and what mends it. Holds no bytes of the submission beyond names that were made safe to show. */
export type Finding = {
  code: FindingCode
  severity: Severity
  /** Position in the file, counted from 0; null where the file as a whole is meant. */
  certificate: number | null
  /** First and last line in the file, counted from 1. */
  lines: [number, number] | null
  message: string
  fix: string
}

export const CERTIFICATE_ROLES = ['leaf', 'intermediate', 'root', 'stray'] as const
export type CertificateRole = (typeof CERTIFICATE_ROLES)[number]

export const PSD2_ROLES = ['PSP_AS', 'PSP_PI', 'PSP_AI', 'PSP_IC'] as const
export type Psd2Role = (typeof PSD2_ROLES)[number]

/** What the qcStatements of a qualified certificate say (ETSI EN 319 412-5, TS 119 495). */
export type Psd2 = {
  /** Granted by the object identifier of the role; empty where the statement is missing or malformed. */
  roles: Psd2Role[]
  ncaName: string | null
  ncaId: string | null
  organizationIdentifier: string | null
  qualified: boolean
  /** `web` is a QWAC, `eseal` a QSealC. */
  qcTypes: ('esign' | 'eseal' | 'web')[]
}

/** One certificate as it was submitted. Times are ISO 8601; names are safe to show as text. */
export type ChainCertificate = {
  index: number
  role: CertificateRole
  /** Where in the file it belongs, counted from 0; null where it does not belong. */
  wantedPosition: number | null
  subject: string
  /** Its common name, or the most telling part of the subject that there is. */
  name: string
  issuer: string
  /** Hexadecimal, upper case; with `-` where negative. */
  serial: string
  notBefore: string
  notAfter: string
  /** `RSA 2048`, `P-256`, `Ed25519`. */
  key: string
  /** `SHA-256 with RSA`. */
  signature: string
  /** Names where they are known, else object identifiers; empty where the extension is absent. */
  extendedKeyUsage: string[]
  keyUsage: string[]
  alternativeNames: string[]
  isCa: boolean
  pathLength: number | null
  subjectKeyId: string | null
  authorityKeyId: string | null
  /** Of the DER, hexadecimal, lower case. */
  sha256: string
  lines: [number, number] | null
  psd2: Psd2 | null
}

/** What stands between a certificate of the chain and its issuer, leaf first; the last one is the root's own signature. */
export type ChainLink = {
  certificate: number
  issuer: number | null
  state: 'sound' | 'broken' | 'missing'
  /** Of a missing issuer: what to look for. */
  wanted: { subject: string; keyId: string | null } | null
}

export type ChainReport = {
  verdict: Verdict
  findings: Finding[]
  /** In file order. Empty where the file was refused before any certificate was read. */
  certificates: ChainCertificate[]
  links: ChainLink[]
  /** Whether the root is an operator's anchor; null where no root was reached. */
  trusted: boolean | null
  /** The trusted root that a chain lacks: it is this one. */
  missingRoot: { name: string; sha256: string; pem: string } | null
  /** The same certificates, leaf to root, as PEM: offered where order and surplus certificates are all that is wrong. */
  reordered: string | null
}

/** A report as the command line and the API give it. */
export type WireReport = { file: string; verdict: Verdict; findings: Finding[] }

/** A chain in a form: pasted text, or a file that is no text. What is wrong with it is the report's to say. */
export const ChainForm = z.object({
  chain: z.string().default(''),
  'chain-file': z.instanceof(File).optional(),
  environment: z.enum(['sandbox', 'production'], { error: 'Choose one.' }).default('sandbox'),
})
export type ChainForm = z.infer<typeof ChainForm>
