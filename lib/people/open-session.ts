import { and, eq, gt, isNull } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { knownDevices, sessions, signInTickets } from '@/db/schema/people'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { isOpaqueToken, newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, HOUR } from '@/lib/core/time'
import { unlockPerson } from './limit-attempts'
import { findDevice } from './store'

/** Absolute, however active the person is (security.md, Identity and SCA). */
export const SESSION_MS = 12 * HOUR

export type OpenedSession = { personId: string; sessionToken: string; deviceToken: string }

/**
 * Turns a ticket into a session, once. The browser becomes a device known to the person, and the session that it held
 * before ends. Null when the ticket is unknown, used or expired.
 */
export async function openSession(
  ctx: Context,
  input: { ticket: string; userAgent: string; deviceToken: string | null; previousSessionToken: string | null },
): Promise<OpenedSession | null> {
  if (!isOpaqueToken(input.ticket)) return null
  return ctx.db.transaction(async (tx) => {
    const [ticket] = await tx
      .update(signInTickets)
      .set({ consumedAt: ctx.now })
      .where(
        and(
          eq(signInTickets.tokenHash, sha256(input.ticket)),
          isNull(signInTickets.consumedAt),
          gt(signInTickets.expiresAt, ctx.now),
        ),
      )
      .returning({ personId: signInTickets.personId, amr: signInTickets.amr, provedBy: signInTickets.provedBy })
    if (!ticket) return null
    const userAgent = input.userAgent.slice(0, 400)
    const device = await recognizeDevice(tx, ctx, { ...input, userAgent, personId: ticket.personId })
    if (input.previousSessionToken) await endPrevious(tx, ctx, input.previousSessionToken)
    const id = newId('session')
    const sessionToken = newOpaqueToken()
    await tx.insert(sessions).values({
      id,
      tokenHash: sha256(sessionToken),
      personId: ticket.personId,
      authTime: ctx.now,
      amr: ticket.amr,
      provedBy: ticket.provedBy,
      lastActiveAt: ctx.now,
      expiresAt: addMs(ctx.now, SESSION_MS),
      userAgent,
      address: ctx.address,
      deviceId: device.id,
      createdAt: ctx.now,
    })
    await unlockPerson(tx, ticket.personId)
    await recordEvent(tx, ctx, {
      action: 'sign-in.succeeded',
      personId: ticket.personId,
      subjectId: id,
      data: { amr: ticket.amr },
    })
    return { personId: ticket.personId, sessionToken, deviceToken: device.token }
  })
}

async function recognizeDevice(
  tx: Transaction,
  ctx: Context,
  input: { personId: string; deviceToken: string | null; userAgent: string },
): Promise<{ id: string; token: string }> {
  const known = await findDevice(tx, input.personId, input.deviceToken)
  if (known && input.deviceToken) {
    await tx.update(knownDevices).set({ lastSeenAt: ctx.now }).where(eq(knownDevices.id, known))
    return { id: known, token: input.deviceToken }
  }
  const id = newId('device')
  const token = newOpaqueToken()
  await tx.insert(knownDevices).values({
    id,
    tokenHash: sha256(token),
    personId: input.personId,
    userAgent: input.userAgent,
    createdAt: ctx.now,
    lastSeenAt: ctx.now,
  })
  return { id, token }
}

async function endPrevious(tx: Transaction, ctx: Context, token: string): Promise<void> {
  const [ended] = await tx
    .update(sessions)
    .set({ revokedAt: ctx.now })
    .where(and(eq(sessions.tokenHash, sha256(token)), isNull(sessions.revokedAt)))
    .returning({ id: sessions.id, personId: sessions.personId })
  // It may have been somebody else's who used this browser.
  if (ended) await recordEvent(tx, ctx, { action: 'session.replaced', personId: ended.personId, subjectId: ended.id })
}
