import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { holdApplication } from './access'
import { readLogo } from './read-logo'
import type { UpdateApplicationInput } from './schema'
import * as store from './store'

/**
 * Name, description and logo. Without a new logo the old one stays, unless it is to be removed.
 * @throws NotFound, DomainError `permission-required`, `logo-unreadable`
 */
export async function updateApplication(
  ctx: Context,
  input: UpdateApplicationInput,
): Promise<{ applicationId: string }> {
  const logo = input.logo ? await readLogo(input.logo) : input.removeLogo ? null : undefined

  return ctx.db.transaction(async (tx) => {
    const before = await holdApplication(tx, ctx, input, 'application.update')
    await store.updateApplication(tx, before.id, { name: input.name, description: input.description, logo })
    await recordEvent(tx, ctx, {
      action: 'application.updated',
      customerId: before.customerId,
      applicationId: before.id,
      subjectId: before.id,
      data: {
        renamedFrom: before.name === input.name ? null : before.name,
        logo: logo === undefined ? 'kept' : logo === null ? 'removed' : 'replaced',
      },
    })
    return { applicationId: before.id }
  })
}
