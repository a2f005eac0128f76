import { type ListedEvent, readEventsOfApplication } from '@/lib/audit/list-events'
import type { Context } from '@/lib/context/context'
import { getApplicationFor } from './access'
import type { ListEventsInput } from './schema'

/**
 * What happened to an application, newest first, for who may read its audit. @throws NotFound, DomainError
 * `permission-required`
 */
export async function listEventsOfApplication(ctx: Context, input: ListEventsInput): Promise<ListedEvent[]> {
  const { applicationId, ...filter } = input
  const { id } = await getApplicationFor(ctx, { applicationId }, 'audit.read')
  return readEventsOfApplication(ctx, { applicationId: id, ...filter })
}
