import type { Database } from '@/db/client'
import { listOwnersConnected } from './store'

/** Everybody who owns an account that the application is connected to, once each: whom a change of it concerns. */
export async function listPeopleConnected(
  db: Database,
  applicationId: string,
): Promise<{ email: string; name: string; locale: string }[]> {
  return listOwnersConnected(db, applicationId)
}
