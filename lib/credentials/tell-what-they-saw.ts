import type { Transaction } from '@/db/client'
import { listPeopleAllowed } from '@/lib/applications/list-people-allowed'
import type { Context } from '@/lib/context/context'
import { env } from '@/lib/env/env'
import { sendMail } from '@/lib/people/send-mail'
import * as store from './store'

/**
 * Owners of the applications of a Customer learn which live secrets somebody has seen who belongs to it no longer. For the
 * verb that ends the membership, in its transaction, once it has ended.
 */
export async function tellWhatMemberSaw(
  tx: Transaction,
  ctx: Context,
  { personId, customerId }: { personId: string; customerId: string },
): Promise<void> {
  for (const applicationId of await store.listApplicationsSeenBy(tx, customerId, personId, ctx.now)) {
    await tellWhatGoneSaw(tx, ctx, applicationId, personId)
  }
}

/** The same of one application: of one person, or of everybody who has no role there now. */
export async function tellWhatGoneSaw(
  tx: Transaction,
  ctx: Context,
  applicationId: string,
  personId?: string,
): Promise<void> {
  const all = await store.listSeenByGone(tx, applicationId, ctx.now)
  const seen = personId ? all.filter((secret) => secret.personId === personId) : all
  if (seen.length === 0) return
  const application = await store.findApplicationName(tx, applicationId)
  const people = [...new Set(seen.map(({ name }) => name))]
  const values = {
    application,
    people: people.slice(0, MOST_NAMED).join(', ') + (people.length > MOST_NAMED ? ', …' : ''),
    count: String(new Set(seen.map(({ id }) => id)).size),
    link: new URL(`/applications/${applicationId}/team#seen-by-gone`, env().publicUrl).href,
  }
  for (const owner of await listPeopleAllowed(tx, applicationId, 'team.manage-owners')) {
    await sendMail(tx, owner, 'secrets-seen', values)
  }
}

const MOST_NAMED = 10
