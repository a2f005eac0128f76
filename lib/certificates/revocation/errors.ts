/**
 * Why an authority gave no answer that counts. Stable words for operators; never text of the other side, which anybody on the
 * way may have written.
 */
export const REVOCATION_FAULTS = {
  'address-refused': 'its address cannot be used',
  unreachable: 'it could not be reached',
  timeout: 'it did not answer in time',
  'too-large': 'its answer is too large',
  'http-status': 'it answered with another status than 200',
  malformed: 'its answer cannot be read',
  'wrong-issuer': 'its answer is of another authority',
  'not-authorized': 'whoever signed its answer may not',
  'wrong-signature': 'the signature of its answer is wrong',
  'weak-signature': 'its answer is signed with an algorithm that is not accepted',
  'not-yet-valid': 'its answer is of a time to come',
  stale: 'its answer is out of date',
  older: 'its answer is older than the one before',
  'no-next-update': 'its list does not say when the next one comes',
  delta: 'its list is a delta list',
  indirect: 'its list is of several authorities',
  partial: 'its list is for some reasons only',
  'out-of-scope': 'its list is for other certificates',
  'critical-extension': 'its answer has a critical extension that is not processed here',
  'other-certificate': 'its answer is about another certificate',
  nonce: 'its answer is to another question',
  'responder-refuses': 'it refuses to answer',
  'responder-unknowing': 'it does not know the certificate',
  unsupported: 'the way it publishes revocation is not processed here',
} as const
export type RevocationFault = keyof typeof REVOCATION_FAULTS

export class RevocationError extends Error {
  override name = 'RevocationError'
  readonly fault: RevocationFault

  constructor(fault: RevocationFault, cause?: unknown) {
    super(REVOCATION_FAULTS[fault], { cause })
    this.fault = fault
  }
}
