import { requirePerson } from '@/lib/access/require'
import { findLiveConsents } from '@/lib/consents/find-live-consents'
import type { Context } from '@/lib/context/context'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { findAcceptedOffer } from '@/lib/dispositions/find-accepted-offer'
import type { DispositionRef } from '@/lib/dispositions/schema'
import { CODE_MS, callbackOf } from './answer-request'
import { answerUrl } from './answer-url'
import * as store from './store'
import { findKeptConsents, insertOnlyCode } from './wallet-store'

/** How long the page may be away after the acceptance. */
const FINISH_MS = 10 * MINUTE

/**
 * The waiting page goes back to the application with what was accepted in the wallet: for the browser that brought the
 * request and the person who started it, once, within ten minutes. Null otherwise. A consent that was revoked in the meantime
 * is left out, and another that was given since is none of its; where none is left, the answer is a denial. Nobody goes back to an application that was stopped meanwhile.
 */
export async function finishConsentDisposition(
  ctx: Context,
  input: DispositionRef & store.Visit,
): Promise<{ location: string } | null> {
  const { personId } = requirePerson(ctx).actor
  return ctx.db.transaction(async (tx) => {
    const request = await store.findVisited(tx, input)
    if (!request || request.stopped || request.personId !== personId || request.answer !== 'granted') return null
    const accepted = await findAcceptedOffer(tx, { id: input.id, subjectId: request.id, personId })
    if (!accepted?.asked || accepted.acceptedAt <= addMs(ctx.now, -FINISH_MS)) return null
    const { scopes } = accepted.asked
    const live = await findLiveConsents(tx, { ids: await findKeptConsents(tx, request.id), personId, now: ctx.now })
    const [first] = live
    if (!first) return { location: answerUrl(callbackOf(request), { error: 'access_denied' }) }
    const code = newOpaqueToken() // RFC 6749 §10.10: 256 random bits
    const isMade = await insertOnlyCode(
      tx,
      {
        codeHash: sha256(code),
        requestId: request.id,
        authTime: first.authTime,
        amr: first.amr,
        expiresAt: addMs(ctx.now, CODE_MS[request.kind]),
        createdAt: ctx.now,
      },
      live.map(({ id }) => ({ consentId: id, scopes })),
    )
    return isMade ? { location: answerUrl(callbackOf(request), { code }) } : null
  })
}
