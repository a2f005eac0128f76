import type { Context } from '@/lib/context/context'
import { SECOND } from '@/lib/core/time'
import type { CheckRevocation } from '../check-chain'
import { finding } from '../finding'
import type { Certificate } from '../parse-certificate'
import { findSandboxCa } from '../sandbox-ca'
import type { Finding } from '../schema'
import type { Answer } from './answer'
import { type Answered, askSource } from './ask-source'
import { RevocationError } from './errors'
import { findSources, type Source } from './find-sources'
import { type AskedBefore, subjectOf, wantedOf } from './register-sources'

/** Somebody waits: what is slower or larger than this is left to the job (ADR-0105). */
const LIMITS = { timeoutMs: 5 * SECOND, maxBytes: 4 * 1024 * 1024 }
const MAX_ASKED = 8

type Outcome = { answered: Answered } | { why: string }
type Asking = { source: Source; subject: Buffer; outcome: Promise<Outcome> }

/**
 * Asks the authorities of a chain at its submission, all at once. `asked` fills with what they answered, for who stores the chain.
 */
export function askAtSubmission(ctx: Context): { revocation: CheckRevocation; asked: AskedBefore[] } {
  const asked: AskedBefore[] = []
  return { revocation, asked }

  async function revocation(path: Certificate[]): Promise<Finding[]> {
    const own = await findSandboxCa(ctx.db)
    const pairs = path.slice(0, -1).map((certificate, position) => {
      return { certificate, issuer: path[position + 1] as Certificate, sources: findSources(certificate) }
    })
    const askings = new Map<string, Asking>()
    for (const { certificate, issuer, sources } of pairs) {
      for (const source of sources) {
        const subject = subjectOf(source, certificate, issuer)
        const key = `${source.kind} ${source.url} ${subject.toString('hex')}`
        if (askings.has(key) || askings.size >= MAX_ASKED) continue
        // Of one list every certificate of that issuer is asked at once.
        const same = pairs.filter((pair) => subjectOf(source, pair.certificate, pair.issuer).equals(subject))
        const wanted = same.map((pair) => wantedOf(pair.certificate))
        askings.set(key, { source, subject, outcome: ask(ctx, { ...source, issuer, certificate }, wanted) })
      }
    }
    for (const { source, subject, outcome } of askings.values()) {
      const result = await outcome
      if ('answered' in result) asked.push({ source, subject, answered: result.answered })
    }
    const findings: Finding[] = []
    for (const { certificate, issuer, sources } of pairs) {
      // The sandbox's intermediate is ours and never revoked.
      if (own?.intermediate.equals(certificate.der)) continue
      const outcomes: (Outcome | undefined)[] = []
      for (const source of sources) {
        const subject = subjectOf(source, certificate, issuer).toString('hex')
        outcomes.push(await askings.get(`${source.kind} ${source.url} ${subject}`)?.outcome)
      }
      const found = describe(certificate, outcomes)
      if (found) findings.push(found)
    }
    return findings
  }
}

async function ask(
  ctx: Context,
  source: Parameters<typeof askSource>[1],
  wanted: ReturnType<typeof wantedOf>[],
): Promise<Outcome> {
  try {
    return { answered: await askSource(ctx, source, wanted, LIMITS) }
  } catch (error) {
    if (error instanceof RevocationError) return { why: error.message }
    throw error
  }
}

/** Null where an authority calls it good. */
function describe(certificate: Certificate, outcomes: (Outcome | undefined)[]): Finding | null {
  const serial = certificate.serial.toString('hex')
  const answers = outcomes.flatMap((outcome) => {
    const answer = outcome && 'answered' in outcome ? outcome.answered.answers.get(serial) : undefined
    return answer ? [answer] : []
  })
  const revoked = answers.find(({ status }) => status === 'revoked')
  if (revoked)
    return finding('revoked', certificate, `${certificate.label} was revoked by its authority${details(revoked)}.`)
  if (answers.length > 0) return null
  const who = certificate.label.toLowerCase()
  const why = outcomes.map((outcome) => (outcome && 'why' in outcome ? outcome.why : 'it is asked later'))
  const message =
    outcomes.length === 0
      ? `${certificate.label} names no place where its revocation is published.`
      : `Whether ${who} was revoked is not known: the authority was asked, but ${why.join('; ')}.`
  return finding('revocation-unchecked', certificate, message)
}

function details({ revokedAt, reason }: Answer): string {
  const when = revokedAt ? ` at ${revokedAt.toISOString().replace('.000Z', 'Z')}` : ''
  return reason && reason !== 'unspecified' ? `${when} (${reason})` : when
}
