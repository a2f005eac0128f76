import type { Database } from '@/db/client'
import { listPeopleConnected } from '@/lib/connections/list-people-connected'
import { env } from '@/lib/env/env'
import { enqueueJob, type JobData } from '@/lib/jobs/jobs'
import { sendMail } from '@/lib/people/send-mail'

const PAGE = 100

/**
 * Handler of the `transfer-notices` queue: tells account owners that an application they are connected to belongs to another
 * business. A page is one transaction, which ends in the job for the next one: nobody is left out, and a process that dies between
 * the page and the end of its job tells that page alone twice.
 */
export async function tellConnected(db: Database, data: JobData['transfer-notices'], pageSize = PAGE): Promise<void> {
  const { applicationId, application, owner, after } = data
  const link = new URL('/connections', env().publicUrl).href
  await db.transaction(async (tx) => {
    const people = await listPeopleConnected(tx, { applicationId, after, limit: pageSize })
    for (const person of people) {
      await sendMail(tx, person, 'connected-application-transferred', { application, owner, link })
    }
    const last = people.at(-1)
    if (last && people.length === pageSize) await enqueueJob(tx, 'transfer-notices', { ...data, after: last.id })
  })
}
