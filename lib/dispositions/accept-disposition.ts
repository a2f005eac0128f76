import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { assert, forbidden, notFound, orRefusal } from '@/lib/core/errors'
import { seal } from '@/lib/core/seal'
import { type Environment, newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { amrOfPasskey } from '@/lib/people/amr'
import { type VerifiedPasskey, verifyPasskeyAssertion } from '@/lib/people/verify-passkey'
import { statusAt } from './disposition'
import { noLongerOpen, notPrepared, numberMissing } from './errors'
import type { Operation } from './operation'
import { challengeOf } from './prepare-acceptance'
import { findReturnTo } from './return-to'
import type { AcceptDispositionInput, AskedForCustomers, Locale, PasskeyAssertion, SettledDisposition } from './schema'
import { findOfImporter, insertEvidence, settleAccepted } from './store'

/** How long an application may take to come back with the result token: as long as the Connection Code is given out. */
const RESULT_MS = 10 * MINUTE

/**
 * Accepts with a passkey's signature over the prepared payload. The signature is checked, then one statement decides
 * whether this acceptance wins against a cancellation, a refusal, the end of its time or another acceptance; the
 * operation's effect, the evidence and the audit row stand or fall with it.
 * @throws DomainError `number-missing`, `acceptance-not-prepared`, `disposition-ended`, `passkey-too-new`
 */
export async function acceptDisposition(
  ctx: Context,
  input: AcceptDispositionInput,
  operation: Operation,
): Promise<SettledDisposition> {
  const own = requirePerson(ctx)
  const { personId } = own.actor

  const outcome = await ctx.db.transaction(async (tx) => {
    const inside = { ...own, db: tx }
    const row = await findOfImporter(tx, input.id, personId)
    if (!row) throw notFound(`no disposition ${input.id} imported by ${personId}`)
    assert(row.operation === operation.kind, `${row.operation} accepted as ${operation.kind}`)
    const status = statusAt(row, ctx.now)
    if (status !== 'IMPORTED') throw noLongerOpen(`accepted while ${status}`)
    if (row.numberWanted && row.numberMatchedAt === null) throw numberMissing()
    if (row.payload === null || row.nonce === null || row.renderedText === null) throw notPrepared()

    const challenge = challengeOf(row.payload, row.nonce)
    // Another tab, or another choice of account, has had something else prepared since: not the passkey's fault.
    if (challengeIn(input.assertion) !== challenge.toString('base64url')) throw notPrepared()
    const passkey = await orRefusal(verifyAcceptingPasskey(inside, { personId, response: input.assertion, challenge }))
    if (passkey instanceof Error) {
      await recordEvent(tx, ctx, {
        action: 'disposition.accept-refused',
        applicationId: row.applicationId,
        environment: row.environment,
        subjectId: row.subjectId,
        data: { disposition: row.id, reason: passkey.reason },
      })
      return passkey
    }

    const resultToken = row.resultWanted ? newOpaqueToken() : null
    const won = await settleAccepted(tx, {
      id: row.id,
      personId,
      nonce: row.nonce,
      now: ctx.now,
      resultTokenHash: resultToken === null ? null : sha256(resultToken),
      resultTokenSealed: resultToken === null ? null : seal(env().secretKeys, 'result-token', resultToken, row.id),
      resultUntil: resultToken === null ? null : addMs(ctx.now, RESULT_MS),
    })
    if (!won) throw noLongerOpen('another event was first')

    const signed = JSON.parse(row.payload) as Signed
    await operation.accept(tx, inside, {
      dispositionId: row.id,
      subjectId: row.subjectId,
      applicationId: row.applicationId,
      environment: row.environment as Environment,
      accountId: signed.account?.id ?? null,
      asked: signed.asked ?? null,
      personId,
      authTime: ctx.now,
      // RFC 8176: a key in hardware or in software that travels, with the person verified: two factors at once.
      amr: amrOfPasskey(passkey),
    })
    await insertEvidence(tx, {
      dispositionId: row.id,
      personId,
      passkeyId: passkey.passkeyId,
      publicKey: Buffer.from(passkey.publicKey),
      backupEligible: passkey.backupEligible,
      backedUp: passkey.backedUp,
      payload: row.payload,
      nonce: row.nonce,
      renderedText: row.renderedText,
      locale: signed.locale,
      assertion: input.assertion,
      createdAt: ctx.now,
    })
    await recordEvent(tx, ctx, {
      action: 'disposition.accepted',
      applicationId: row.applicationId,
      environment: row.environment,
      subjectId: row.subjectId,
      data: { disposition: row.id, passkey: passkey.passkeyId },
    })
    return { id: row.id, status: 'GRANTED' as const, returnTo: await findReturnTo(inside, row, 'GRANTED') }
  })
  // The audit row of a refused passkey is committed before it is told.
  if (outcome instanceof Error) throw outcome
  return outcome
}

async function verifyAcceptingPasskey(
  ctx: Context,
  input: Parameters<typeof verifyPasskeyAssertion>[1],
): Promise<VerifiedPasskey> {
  const passkey = await verifyPasskeyAssertion(ctx, input)
  if (passkey.acceptsFrom.getTime() > ctx.now.getTime()) throw tooNew(passkey.acceptsFrom)
  return passkey
}

type Signed = { account: { id: string } | null; asked?: AskedForCustomers; locale: Locale }

/** What the browser says that it had signed; null where it says nothing of the kind. */
function challengeIn({ response }: PasskeyAssertion): string | null {
  try {
    const { challenge } = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString('utf8')) ?? {}
    return typeof challenge === 'string' ? challenge : null
  } catch {
    return null // not JSON
  }
}

function tooNew(acceptsFrom: Date) {
  return forbidden(
    'passkey-too-new',
    'This passkey was added too recently to accept anything. Use an older one, confirm it with an older one, or wait.',
    `accepts from ${acceptsFrom.toISOString()}`,
  )
}
