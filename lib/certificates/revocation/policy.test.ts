import { expect, test } from 'vitest'
import { addMs, DAY, HOUR } from '@/lib/core/time'
import { type CertificateRevocation, judgeRevocation, type RevocationPolicy } from './policy'

const NOW = new Date('2026-06-15T12:00:00Z')
const ago = (ms: number) => addMs(NOW, -ms)
const HARD: RevocationPolicy = { mode: 'hard', maxAgeMs: DAY }
const SOFT: RevocationPolicy = { mode: 'soft', maxAgeMs: DAY }

function aCertificate(values: Partial<CertificateRevocation> = {}): CertificateRevocation {
  const none = { revokedAt: null, reason: null, checkedAt: null, nextUpdate: null }
  return { position: 0, sources: 1, status: null, since: ago(HOUR), ...none, ...values }
}

function good(checkedMsAgo: number, nextUpdate: Date | null): CertificateRevocation {
  return aCertificate({ status: 'good', checkedAt: ago(checkedMsAgo), nextUpdate })
}

const revoked = aCertificate({ status: 'revoked', checkedAt: ago(HOUR), revokedAt: ago(DAY), reason: 'keyCompromise' })
const unpublished = aCertificate({ sources: 0, position: 1 })

test.each<[string, CertificateRevocation, string, boolean, boolean]>([
  ['revoked', revoked, 'revoked', false, false],
  [
    'revoked long ago, by an answer that is out of date',
    { ...revoked, nextUpdate: ago(30 * DAY) },
    'revoked',
    false,
    false,
  ],
  ['current and new', good(HOUR, addMs(NOW, HOUR)), 'good', true, true],
  ['current, but got too long ago', good(DAY + 1000, addMs(NOW, HOUR)), 'good', false, true],
  ['out of date since an instant', good(HOUR, NOW), 'unknown', false, true],
  ['out of date for less than max-age', good(2 * DAY, ago(DAY - 1000)), 'unknown', false, true],
  ['out of date for max-age', good(2 * DAY, ago(DAY)), 'unknown', false, false],
  ['without an end of its own, new', good(DAY - 1000, null), 'good', true, true],
  ['without an end of its own, old', good(DAY, null), 'unknown', false, false],
  ['never answered, asked for an hour', aCertificate(), 'unknown', false, true],
  ['never answered, asked for max-age', aCertificate({ since: ago(DAY) }), 'unknown', false, false],
  ['read by nobody so far', aCertificate({ sources: null }), 'unknown', false, true],
  ['published nowhere', unpublished, 'unpublished', true, true],
])('%s', (_, certificate, verdict, hard, soft) => {
  expect(judgeRevocation([certificate], HARD, NOW)).toMatchObject({ verdict, allowed: hard })
  expect(judgeRevocation([certificate], SOFT, NOW)).toMatchObject({ verdict, allowed: soft })
})

test('a chain is as bad as its worst certificate, and as old as its oldest answer', () => {
  const fresh = good(HOUR, addMs(NOW, HOUR))
  const older = { ...good(2 * HOUR, addMs(NOW, HOUR)), position: 1 }
  expect(judgeRevocation([fresh, older, unpublished], HARD, NOW)).toMatchObject({ verdict: 'good', ageSeconds: 7200 })
  expect(judgeRevocation([fresh, { ...revoked, position: 1 }], SOFT, NOW)).toMatchObject({
    verdict: 'revoked',
    allowed: false,
    certificate: { position: 1 },
  })
  expect(judgeRevocation([fresh, aCertificate({ position: 1 })], HARD, NOW)).toMatchObject({
    verdict: 'unknown',
    allowed: false,
    certificate: { position: 1, checkedAt: null },
  })
  expect(judgeRevocation([], HARD, NOW)).toMatchObject({ verdict: 'unpublished', ageSeconds: null, allowed: true })
})
