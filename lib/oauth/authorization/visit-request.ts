import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'
import { type DescribedPayment, describePayment } from './authorization-details'
import * as store from './store'

export type Visit = store.Visit

/** What a request asks, for the page that asks it on. */
export type VisitedRequest = {
  id: string
  applicationId: string
  environment: Environment
  /** Where the answer goes, as a person recognises it. */
  callbackHost: string
  scopes: string[]
  payments: DescribedPayment[]
  /** `stopped`: its application, callback or scopes are no longer what they were when it came. */
  status: 'open' | 'answered' | 'expired' | 'stopped'
  /** Of an answered one: whether anything was allowed. */
  granted: boolean
}

/** A request for the browser that brought it; null for every other one, and for what never was. */
export async function findVisitedRequest(ctx: Context, visit: Visit): Promise<VisitedRequest | null> {
  const row = await store.findVisited(ctx.db, visit)
  if (!row) return null
  return {
    id: row.id,
    applicationId: row.applicationId,
    environment: row.environment,
    callbackHost: new URL(row.redirectUri).host,
    scopes: row.scopes,
    payments: (row.authorizationDetails ?? []).map(describePayment),
    status: statusOf(row, ctx.now),
    granted: row.answer === 'granted',
  }
}

function statusOf(row: store.VisitedRow & { stopped: boolean }, now: Date): VisitedRequest['status'] {
  if (row.answer !== null) return 'answered'
  if (row.expiresAt <= now) return 'expired'
  return row.stopped ? 'stopped' : 'open'
}

/** Fixes who answers: the first person who opens it signed in. False for another one, and once it is over. */
export async function claimRequest(ctx: Context, visit: Visit): Promise<boolean> {
  const { actor } = requirePerson(ctx)
  return store.claim(ctx.db, visit, actor.personId, ctx.now)
}

/** Whoever opened it leaves it to another person in front of this browser. */
export async function releaseRequest(ctx: Context, visit: Visit): Promise<void> {
  const { actor } = requirePerson(ctx)
  await store.release(ctx.db, visit, actor.personId)
}
