import type { Database } from '@/db/client'
import type { ApplicationAction, ApplicationRole } from '@/lib/access/permissions'
import { listPeopleAllowed } from '@/lib/applications/list-people-allowed'

/** What somebody has to be allowed, to give a role or to take it: owners are for owners. */
export function actionToGive(role: ApplicationRole): ApplicationAction {
  return role === 'owner' ? 'team.manage-owners' : 'team.manage'
}

/** Whether an offer still stands: it is worth what whoever made it may do at this moment. */
export async function mayGive(
  db: Database,
  applicationId: string,
  personId: string,
  role: ApplicationRole,
): Promise<boolean> {
  const allowed = await listPeopleAllowed(db, applicationId, actionToGive(role))
  return allowed.some((person) => person.personId === personId)
}
