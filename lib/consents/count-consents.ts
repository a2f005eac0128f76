import { requirePerson } from '@/lib/access/require'
import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'
import { addDays } from '@/lib/core/time'
import { countOfApplication, countSeenBy } from './read-store'
import { CONSENT_NOTICE_DAYS, type ConsentCounts } from './schema'

/** Consents that count, for the Customer that the person acts for; 0 while they act for nobody. */
export async function countConsents(ctx: Context): Promise<number> {
  const { actor } = requirePerson(ctx)
  return countSeenBy(ctx.db, actor.personId, actor.customerId, ctx.now)
}

/**
 * For an application's team: how many consents it has, and nothing of whose. Ending soon are those of the next 14 days.
 * @throws NotFound, DomainError `permission-required`
 */
export async function countConsentsOfApplication(
  ctx: Context,
  input: { applicationId: string; environment: Environment },
): Promise<ConsentCounts> {
  const application = await getApplicationFor(ctx, input, 'connections.read', input.environment)
  const place = { applicationId: application.id, environment: input.environment }
  return countOfApplication(ctx.db, place, ctx.now, addDays(ctx.now, CONSENT_NOTICE_DAYS[0]))
}
