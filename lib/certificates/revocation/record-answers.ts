import type { Transaction } from '@/db/client'
import { listPeopleAllowed } from '@/lib/applications/list-people-allowed'
import type { Context } from '@/lib/context/context'
import { addMs, HOUR, MINUTE } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { claimNotice } from '@/lib/notices/claim-notice'
import { sendMail } from '@/lib/people/send-mail'
import { bumpTrustStore } from '../bump-trust-store'
import { liftEnds } from '../chain-store'
import { listOperators } from '../notice-store'
import { recordChainEvent } from '../record-chain-event'
import { type Answer, isOnHold } from './answer'
import type { Answered } from './ask-source'
import { RevocationError } from './errors'
import * as store from './store'

const LONGEST_MS = HOUR
const SHORTEST_MS = 5 * MINUTE

/**
 * Keeps what a source said of the certificates that it was asked about, and ends the chains of those that are revoked: for good, with
 * the next request on every replica; on hold, for as long as the authority says so. @throws RevocationError `older`
 */
export async function recordAnswers(
  tx: Transaction,
  ctx: Context,
  { id, wanted }: { id: string; wanted: readonly store.Wanted[] },
  answered: Answered,
): Promise<void> {
  const { thisUpdate, nextUpdate, answers } = answered
  const nextFetchAt = whenNext(nextUpdate, ctx.now)
  if (!(await store.saveSuccess(tx, id, { thisUpdate, nextUpdate, nextFetchAt }, ctx.now))) {
    throw new RevocationError('older')
  }
  for (const { sha256, serial } of wanted) {
    const answer = answers.get(serial)
    if (!answer) continue
    await store.saveAnswer(tx, id, sha256, answer, ctx.now)
    if (answer.status === 'revoked') await endChains(tx, ctx, sha256, answer)
  }
  await store.bumpRevocation(tx, ctx.now)
}

/** Every hour, earlier where an answer lasts less than two; never at the same moment for all. */
function whenNext(nextUpdate: Date | null, now: Date): Date {
  const half = nextUpdate ? (nextUpdate.getTime() - now.getTime()) / 2 : LONGEST_MS
  return addMs(now, spread(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, half))))
}

/** After a fault: five minutes, doubled with each one in a row, up to an hour. */
export function whenAgain(failures: number, now: Date): Date {
  return addMs(now, spread(Math.min(LONGEST_MS, SHORTEST_MS * 2 ** Math.min(failures, 10))))
}

/** Within a tenth. Nothing depends on nobody guessing it. */
function spread(ms: number): number {
  return Math.round(ms * (0.9 + Math.random() * 0.2))
}

async function endChains(tx: Transaction, ctx: Context, sha256: Buffer, answer: Answer): Promise<void> {
  const system: Context = { ...ctx, actor: { kind: 'system', name: 'revocation' } }
  if (isOnHold(answer)) {
    for (const chain of await store.listChainsOf(tx, sha256, ctx.now)) {
      const notice = {
        subjectId: `${chain.id}/${chain.position}`,
        kind: 'certificate-on-hold',
        threshold: 0,
        now: ctx.now,
      }
      if (!(await claimNotice(tx, { ...notice, endsAt: answer.revokedAt ?? answer.thisUpdate }))) continue
      await tell(tx, system, chain, answer, 'certificate.held-by-authority')
    }
    return
  }
  for (const chain of await store.revokeChainsOf(tx, sha256, ctx.now)) {
    await tell(tx, system, chain, answer, 'certificate.revoked-by-authority')
    await bumpTrustStore(tx, ctx.now)
    const { applicationId, environment } = chain
    for (const subjectId of await liftEnds(tx, chain.id, ctx.now)) {
      const data = { replacementRevoked: chain.id }
      const action = 'certificate.end-lifted'
      await recordChainEvent(tx, system, { action, applicationId, environment, subjectId, data })
    }
  }
}

async function tell(
  tx: Transaction,
  ctx: Context,
  chain: store.RevokedChain,
  { reason, revokedAt }: Answer,
  action: 'certificate.revoked-by-authority' | 'certificate.held-by-authority',
): Promise<void> {
  const { id, applicationId, environment, application, certificate, position } = chain
  const data = { certificate: position, reason, revokedAt: revokedAt?.toISOString() ?? null }
  await recordChainEvent(tx, ctx, { action, applicationId, environment, subjectId: id, data })
  const kind = action === 'certificate.held-by-authority' ? 'certificate-on-hold' : 'certificate-revoked-by-authority'
  const link = `${env().publicUrl.origin}/applications/${applicationId}/certificates/${id}`
  const team = await listPeopleAllowed(tx, applicationId, 'certificates.read', environment)
  const operators = await listOperators(tx)
  const people = new Map([...team, ...operators].map((person) => [person.email, person]))
  for (const person of people.values()) {
    await sendMail(tx, person, kind, { application, environment, certificate, reason: reason ?? 'unspecified', link })
  }
}
