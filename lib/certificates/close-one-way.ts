import type { Transaction } from '@/db/client'
import type { Context } from '@/lib/context/context'
import { closeOneWay, listDuePlaces, lockPlace, type Place } from './chain-store'
import { recordChainEvent } from './record-chain-event'

/**
 * Mutual TLS becomes the only way where the moment of a first chain has come. Whoever calls it holds the environment: the
 * changes of its chains, and the sweep, so that a chosen moment takes effect within a minute.
 */
export async function closeOneWayWhereDue(tx: Transaction, ctx: Context, place: Place): Promise<void> {
  const { applicationId, environment } = place
  for (const certificateId of await closeOneWay(tx, place, ctx.now)) {
    const data = { certificateId }
    await recordChainEvent(tx, ctx, {
      action: 'mtls.required',
      applicationId,
      environment,
      subjectId: applicationId,
      data,
    })
  }
}

/** For the sweep: every application whose moment came since the last one. */
export async function sweepChains(ctx: Context): Promise<void> {
  for (const place of await listDuePlaces(ctx.db, ctx.now)) {
    await ctx.db.transaction(async (tx) => {
      await lockPlace(tx, place)
      await closeOneWayWhereDue(tx, ctx, place)
    })
  }
}
