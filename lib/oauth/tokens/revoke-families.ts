import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { listPeopleAllowed } from '@/lib/applications/list-people-allowed'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { env } from '@/lib/env/env'
import { sendMail } from '@/lib/people/send-mail'

export type RevocationReason = 'revoked' | 'code-reused' | 'refresh-token-reused'

type Revoked = { id: string; application_id: string; environment: string; consent_id: string | null }

/**
 * Ends families with all their tokens, in a transaction of its own: the caller refuses afterwards, and the revocation stays.
 * Reuse is told to the owners of the application, once for each call that ended something. True where something ended.
 */
export async function revokeFamilies(
  ctx: Context,
  familyIds: readonly string[],
  reason: RevocationReason,
): Promise<boolean> {
  if (familyIds.length === 0) return false
  return ctx.db.transaction(async (tx) => {
    const revoked = await tx.execute<Revoked>(sql`
      update token_families set revoked_at = ${ctx.now.toISOString()}::timestamptz, revoked_reason = ${reason}
      where id = any(${sql.param(familyIds)}::uuid[]) and revoked_at is null
      returning id, application_id, environment, consent_id`)
    for (const family of revoked) {
      await recordEvent(tx, ctx, {
        action: 'token-family.revoked',
        applicationId: family.application_id,
        environment: family.environment,
        subjectId: family.consent_id ?? family.application_id,
        data: { reason, familyId: family.id },
      })
    }
    const [first] = revoked
    if (first && reason !== 'revoked') await tellOwners(tx, first, reason)
    return first !== undefined
  })
}

async function tellOwners(tx: Transaction, { application_id: id, environment }: Revoked, reason: RevocationReason) {
  const [application] = await tx.execute<{ name: string }>(sql`select name from applications where id = ${id}`)
  for (const person of await listPeopleAllowed(tx, id, 'application.transfer')) {
    await sendMail(tx, person, reason === 'code-reused' ? 'code-reused' : 'refresh-token-reused', {
      application: application?.name ?? '',
      environment,
      link: new URL(`/applications/${id}/credentials`, env().publicUrl).href,
    })
  }
}
