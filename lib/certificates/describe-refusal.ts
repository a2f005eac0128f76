import { chainName } from './chain-name'
import type { ChainState } from './chain-state'

export type RefusalFacts = {
  code: string
  laidBy: 'certificate' | 'key' | 'secret' | 'application-key'
  subject: string
  issuer: string
  notAfter: Date | null
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
      return `The presented certificate ${presented} is revoked. Present one that is active.`
    case 'certificate-superseded':
      return `The chain of the presented certificate ${presented} has ended. Present the one that took over.`
    case 'certificate-not-active':
      return `The chain of the presented certificate ${presented} has not started yet.`
    default:
      return `${compare(refusal, submitted, presented, signer)} Present the certificate whose chain you submitted, or submit the chain of this one.`
  }
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
