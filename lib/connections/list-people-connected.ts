import type { Database } from '@/db/client'
import { listOwnersConnected } from './store'

/**
 * Everybody who owns an account that the application is connected to, once each: whom a change of it concerns. At most
 * `limit` of them, by id, those after `after`.
 */
export async function listPeopleConnected(
  db: Database,
  page: { applicationId: string; after: string | null; limit: number },
): Promise<{ id: string; email: string; name: string; locale: string }[]> {
  return listOwnersConnected(db, page)
}
