import type { Database } from '@/db/client'
import { type ApplicationAction, rolesAllowed } from '@/lib/access/permissions'
import type { Environment } from '@/lib/core/secrets'
import * as store from './store'

/** Whom a notice about an application goes to: everybody who may do `action` there at this moment, by name. */
export async function listPeopleAllowed(
  db: Database,
  applicationId: string,
  action: ApplicationAction,
  environment?: Environment,
): Promise<store.Addressee[]> {
  return store.listPeopleInRoles(db, applicationId, rolesAllowed(action, environment))
}
