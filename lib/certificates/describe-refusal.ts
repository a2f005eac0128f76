import { chainName } from './chain-name'
import type { ChainState } from './chain-state'
import type { HandshakeCode } from './handshake-errors'

export type RefusalCode = HandshakeCode | 'certificate-of-another'

export type RefusalFacts = {
  code: RefusalCode
  laidBy: 'certificate' | 'key' | 'secret' | 'application-key'
  subject: string
  issuer: string
  notAfter: Date | null
  /** Of a revoked one, where it is known. */
  revokedBy: 'owner' | 'authority' | null
}

/** What was submitted and is to be presented. */
export type SubmittedLeaf = { subject: string; issuer: string; state: ChainState }

/**
 * Why a certificate was refused, against what was submitted, and what to do: two sentences of plain text. The names are
 * strangers' words, made safe when they were recorded.
 */
export function describeRefusal(refusal: RefusalFacts, submitted: SubmittedLeaf | null): string {
  const { code, issuer, notAfter } = refusal
  const presented = `“${chainName(refusal.subject)}”`
  const signer = `“${chainName(issuer)}”`
  switch (code) {
    case 'certificate-missing':
      return 'No client certificate came with the connection. Give your client its certificate and its key.'
    case 'certificate-unreadable':
      return 'The proxy passed on something that is no certificate, or more than one. Tell its operators: it is not the client’s doing.'
    case 'certificate-session-resumed':
      return 'The TLS session was a resumed one, which proves no certificate. Turn session resumption off.'
    case 'certificate-wrong-usage':
      return `The presented certificate ${presented} is not for client authentication. Ask for one with clientAuth in its extended key usage.`
    case 'certificate-not-yet-valid':
      return `The presented certificate ${presented} is not valid yet. Check the clock of whoever made it, or wait.`
    case 'certificate-expired':
      return notAfter
        ? `The presented certificate ${presented}, or one above it, has expired (its own end: ${notAfter.toISOString().slice(0, 10)}). Submit the chain of a new one.`
        : `The presented certificate ${presented} has expired. Submit the chain of a new one.`
    case 'certificate-revoked':
      return `The presented certificate ${presented} ${REVOKED[refusal.revokedBy ?? 'somebody']}. Present one that is active.`
    case 'certificate-revocation-unknown':
      return `Whether the presented certificate ${presented}, or one above it, was revoked could not be learned, and this environment demands an answer. Ask its authority, or try again later.`
    case 'certificate-superseded':
      return `The chain of the presented certificate ${presented} has ended. Present the one that took over.`
    case 'certificate-not-active':
      return `The chain of the presented certificate ${presented} has not started yet. Present the one before until then, or set its start earlier.`
    case 'certificate-untrusted':
    case 'certificate-of-another':
      return `${compare(refusal, submitted, presented, signer)} Present the certificate whose chain you submitted, or submit the chain of this one.`
  }
}

const REVOKED = {
  owner: 'was revoked here, by its team or by an operator',
  authority: 'was revoked by its authority',
  somebody: 'is revoked',
}

function compare(
  { code, laidBy, issuer }: RefusalFacts,
  submitted: SubmittedLeaf | null,
  presented: string,
  signer: string,
): string {
  if (laidBy === 'certificate' && code === 'certificate-of-another')
    return `Your certificate ${presented} came with the Application Key of another application.`
  if (laidBy === 'certificate')
    return `The presented certificate ${presented} is one of your chains, and no path leads from it to a trusted root now.`
  const which = laidBy === 'key' ? ', which has the key of one of your chains,' : ''
  if (!submitted)
    return `The presented certificate ${presented}${which} is signed by ${signer}; no chain of yours is active.`
  if (submitted.issuer !== issuer)
    return `The presented certificate ${presented}${which} is signed by ${signer}, but you submitted one signed by “${chainName(submitted.issuer)}”.`
  return `The presented certificate ${presented}${which} is signed by ${signer} as well, but it is not the one that you submitted.`
}
