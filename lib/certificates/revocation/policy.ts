import type { Environment } from '@/lib/core/secrets'
import { addMs, DAY } from '@/lib/core/time'
import type { AuthorityReason } from './answer'

export const POLICY_MODES = ['hard', 'soft'] as const
/**
 * `hard`: every certificate that says where its revocation is published needs an answer that is current and was got within
 * `maxAgeMs`. `soft`: an answer that is out of date, or none at all, is put up with for `maxAgeMs`, and then no longer.
 */
export type RevocationPolicy = { mode: (typeof POLICY_MODES)[number]; maxAgeMs: number }

/** Where operators have set nothing (ADR-0104). */
export const DEFAULT_POLICIES: Record<Environment, RevocationPolicy> = {
  sandbox: { mode: 'soft', maxAgeMs: 7 * DAY },
  production: { mode: 'hard', maxAgeMs: DAY },
}

/** What is known of one certificate below the root; the most telling answer where several sources gave one. */
export type CertificateRevocation = {
  position: number
  /** How many places publish its revocation; null: nobody has looked yet. */
  sources: number | null
  status: 'good' | 'revoked' | null
  revokedAt: Date | null
  reason: AuthorityReason | null
  checkedAt: Date | null
  nextUpdate: Date | null
  /** Asked for since then. */
  since: Date
}

export const REVOCATION_VERDICTS = ['unpublished', 'good', 'unknown', 'revoked'] as const
export type RevocationVerdict = (typeof REVOCATION_VERDICTS)[number]

export type ChainRevocation = {
  /** The worst among its certificates. `unpublished`: no authority of it says where. */
  verdict: RevocationVerdict
  /** Since the oldest answer that the verdict rests on; null where there is none. */
  ageSeconds: number | null
  /** Whether the policy lets it pass. */
  allowed: boolean
  /** The certificate that decided, where it is not all of them. */
  certificate: CertificateRevocation | null
}

/** Revoked is never put up with; everything else is for the policy to say. */
export function judgeRevocation(
  certificates: readonly CertificateRevocation[],
  policy: RevocationPolicy,
  now: Date,
): ChainRevocation {
  const judged = certificates.map((certificate) => ({ certificate, ...judge(certificate, policy, now) }))
  const rank = (verdict: RevocationVerdict) => REVOCATION_VERDICTS.indexOf(verdict)
  const worst = judged.reduce<(typeof judged)[number] | null>(
    (found, one) => (found && rank(found.verdict) >= rank(one.verdict) ? found : one),
    null,
  )
  const refused = judged.find(({ allowed }) => !allowed)
  const verdict = worst?.verdict ?? 'unpublished'
  const ages = judged.flatMap(({ ageSeconds }) => (ageSeconds === null ? [] : [ageSeconds]))
  return {
    verdict,
    ageSeconds: verdict === 'revoked' ? (worst?.ageSeconds ?? null) : ages.length > 0 ? Math.max(...ages) : null,
    allowed: refused === undefined,
    certificate: (verdict === 'revoked' ? worst : (refused ?? worst))?.certificate ?? null,
  }
}

type Judged = { verdict: RevocationVerdict; ageSeconds: number | null; allowed: boolean }

function judge(certificate: CertificateRevocation, { mode, maxAgeMs }: RevocationPolicy, now: Date): Judged {
  const { sources, status, checkedAt, nextUpdate, since } = certificate
  const ageSeconds = checkedAt && Math.max(0, Math.floor((now.getTime() - checkedAt.getTime()) / 1000))
  if (status === 'revoked') return { verdict: 'revoked', ageSeconds, allowed: false }
  if (status === 'good' && checkedAt) {
    const end = nextUpdate ?? addMs(checkedAt, maxAgeMs)
    const isCurrent = now < end
    const isFresh = now <= addMs(checkedAt, maxAgeMs)
    const allowed = mode === 'hard' ? isCurrent && isFresh : now < addMs(end, nextUpdate ? maxAgeMs : 0)
    return { verdict: isCurrent ? 'good' : 'unknown', ageSeconds, allowed }
  }
  if (sources === 0) return { verdict: 'unpublished', ageSeconds: null, allowed: true }
  return { verdict: 'unknown', ageSeconds: null, allowed: mode === 'soft' && now < addMs(since, maxAgeMs) }
}
