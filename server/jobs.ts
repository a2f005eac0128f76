import { database } from '@/db/client'
import { dropExpiredPartitions, makePartitions } from '@/db/partitions'
import { chainEvents } from '@/lib/audit/chain-events'
import { sweepConnectionCodes } from '@/lib/connections/sweep-connection-codes'
import { currentTime } from '@/lib/context/clock'
import type { Context } from '@/lib/context/context'
import { newHexToken } from '@/lib/core/secrets'
import { sweepDispositions } from '@/lib/dispositions/sweep-dispositions'
import { deliverMail } from '@/lib/jobs/deliver-mail'
import { type JobData, jobs, type Queue } from '@/lib/jobs/jobs'
import { sweepTokens } from '@/lib/oauth/sweep-tokens'
import { sweepPeople } from '@/lib/people/sweep-people'
import { deliverPush } from '@/lib/push/deliver-push'

const handlers: { [Q in Queue]: (data: JobData[Q]) => Promise<void> } = {
  mail: deliverMail,
  push: (data) => deliverPush(systemContext('push'), data),
  'audit-chain': async () => {
    await chainEvents(database().db)
  },
  partitions: async () => {
    await makePartitions(database().db)
    await dropExpiredPartitions(database().db)
  },
  sweep: async () => {
    const { db } = database()
    await sweepDispositions(db, currentTime())
    await sweepConnectionCodes(db, currentTime())
    await sweepTokens(db, currentTime())
    await sweepPeople(db, currentTime())
  },
}

function systemContext(name: string): Context {
  return {
    db: database().db,
    actor: { kind: 'system', name },
    now: currentTime(),
    requestId: `job_${newHexToken().slice(0, 16)}`,
    address: null,
  }
}

const SCHEDULES: Partial<Record<Queue, string>> = {
  'audit-chain': '* * * * *',
  partitions: '7 * * * *',
  sweep: '* * * * *',
}

/** Starts this process's workers. Every replica runs them; the job store gives each job to one. */
export async function registerJobs(): Promise<void> {
  await Promise.all((Object.keys(handlers) as Queue[]).map((queue) => register(queue)))
  for (const [queue, schedule] of Object.entries(SCHEDULES)) await jobs().schedule(queue, schedule)
}

async function register<Q extends Queue>(queue: Q): Promise<void> {
  await jobs().work<JobData[Q]>(queue, { pollingIntervalSeconds: 0.5, batchSize: 1 }, async (batch) => {
    for (const job of batch) await handlers[queue](job.data)
  })
}
