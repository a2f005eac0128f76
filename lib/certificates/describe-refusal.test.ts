import { describe, expect, test } from 'vitest'
import { describeRefusal, type RefusalFacts } from './describe-refusal'
import { HANDSHAKE_CODES } from './handshake-errors'

const FACTS: RefusalFacts = {
  code: 'certificate-untrusted',
  laidBy: 'certificate',
  subject: 'O=Shop, CN=shop client',
  issuer: 'O=Trust, CN=Trust CA',
  notAfter: new Date('2027-01-02T03:04:05Z'),
  revokedBy: null,
}
const SUBMITTED = { subject: 'CN=mine', issuer: 'CN=Right CA', state: 'active' as const }

const CASES: [Partial<RefusalFacts>, typeof SUBMITTED | null, string][] = [
  [{ code: 'certificate-missing' }, null, 'No client certificate came'],
  [{ code: 'certificate-unreadable' }, null, 'The proxy passed on something that is no certificate'],
  [{ code: 'certificate-session-resumed' }, null, 'a resumed one'],
  [{ code: 'certificate-untrusted' }, SUBMITTED, 'no path leads from it to a trusted root'],
  [{ code: 'certificate-untrusted', laidBy: 'key' }, SUBMITTED, 'but you submitted one signed by “Right CA”'],
  [{ code: 'certificate-untrusted', laidBy: 'application-key' }, null, 'no chain of yours is active'],
  [{ code: 'certificate-of-another' }, SUBMITTED, 'came with the Application Key of another application'],
  [{ code: 'certificate-of-another', laidBy: 'secret' }, SUBMITTED, 'is signed by “Trust CA”'],
  [{ code: 'certificate-wrong-usage' }, null, 'clientAuth'],
  [{ code: 'certificate-not-yet-valid' }, null, 'is not valid yet'],
  [{ code: 'certificate-expired' }, null, 'has expired (its own end: 2027-01-02)'],
  [{ code: 'certificate-expired', notAfter: null }, null, 'has expired. Submit'],
  [{ code: 'certificate-not-active' }, null, 'has not started yet'],
  [{ code: 'certificate-superseded' }, null, 'Present the one that took over'],
  [{ code: 'certificate-revoked' }, null, 'is revoked. Present'],
  [{ code: 'certificate-revoked', revokedBy: 'owner' }, null, 'was revoked here, by its team or by an operator'],
  [{ code: 'certificate-revoked', revokedBy: 'authority' }, null, 'was revoked by its authority'],
  [{ code: 'certificate-revocation-unknown' }, SUBMITTED, 'Whether the presented certificate “shop client”'],
]

describe('every code has a sentence of its own that says what to do', () => {
  test.each(CASES)('%o', (facts, submitted, expected) => {
    const told = describeRefusal({ ...FACTS, ...facts }, submitted)
    expect(told).toContain(expected)
    expect(told).toMatch(/\. [A-Z].*\.$/)
    if (facts.code !== 'certificate-untrusted' && facts.code !== 'certificate-of-another') {
      expect(told).not.toMatch(/signed by|no path/)
    }
  })

  test('and none is left out', () => {
    const told = new Set(CASES.map(([{ code }]) => code))
    expect([...told].sort()).toEqual([...HANDSHAKE_CODES, 'certificate-of-another'].sort())
  })
})
