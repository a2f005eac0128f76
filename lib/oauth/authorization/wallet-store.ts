import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { authorizationCodeGrants, authorizationCodes, authorizationRequests } from '@/db/schema/oauth'
import type { Environment } from '@/lib/core/secrets'
import { IS_SUBSCRIBED, REACHES_CALLBACK } from './still-answerable'

const r = authorizationRequests

/**
 * Grants a request in the name of the person who opened it, wherever they accepted it: once, as the page's own answer would.
 * Null when it has been answered, is over, is another's, or what it was measured by has ended.
 */
export async function grantRequest(
  tx: Transaction,
  given: { requestId: string; personId: string; withoutDetails: boolean; now: Date },
) {
  const [row] = await tx
    .update(r)
    .set({
      answeredAt: given.now,
      answer: 'granted',
      ...(given.withoutDetails ? { authorizationDetails: null } : {}),
    })
    .where(
      and(
        eq(r.id, given.requestId),
        eq(r.personId, given.personId),
        isNull(r.answeredAt),
        gt(r.expiresAt, given.now),
        REACHES_CALLBACK,
        IS_SUBSCRIBED,
      ),
    )
    .returning({
      id: r.id,
      applicationId: r.applicationId,
      environment: sql<Environment>`${r.environment}`,
      scopes: r.scopes,
    })
  return row ?? null
}

/** What the acceptance gave, in the order in which the Customers were chosen: the code is for these and no later ones. */
export async function keepConsents(tx: Transaction, requestId: string, consentIds: string[]): Promise<void> {
  await tx.update(r).set({ consentIds }).where(eq(r.id, requestId))
}

export async function findKeptConsents(tx: Transaction, requestId: string): Promise<string[]> {
  const [row] = await tx.select({ consentIds: r.consentIds }).from(r).where(eq(r.id, requestId))
  return row?.consentIds ?? []
}

/** Whether this call made the one code of the request: of two pages that ask at once one does. */
export async function insertOnlyCode(
  tx: Transaction,
  code: typeof authorizationCodes.$inferInsert,
  grants: readonly { consentId: string; scopes: string[] }[],
): Promise<boolean> {
  const rows = await tx
    .insert(authorizationCodes)
    .values(code)
    .onConflictDoNothing({ target: authorizationCodes.requestId })
    .returning({ requestId: authorizationCodes.requestId })
  if (rows.length === 0) return false
  await tx
    .insert(authorizationCodeGrants)
    .values(grants.map((grant, position) => ({ ...grant, position, codeHash: code.codeHash })))
  return true
}
