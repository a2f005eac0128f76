import { database } from '@/db/client'
import { dropExpiredPartitions, makePartitions } from '@/db/partitions'
import { chainEvents } from '@/lib/audit/chain-events'
import { sweepChains } from '@/lib/certificates/close-one-way'
import { notifyExpiries } from '@/lib/certificates/notify-expiries'
import { fetchSource } from '@/lib/certificates/revocation/fetch-source'
import { planFetches } from '@/lib/certificates/revocation/plan-fetches'
import { sweepHandshakes } from '@/lib/certificates/sweep-handshakes'
import { sweepConnectionCodes } from '@/lib/connections/sweep-connection-codes'
import { sendConsentNotices } from '@/lib/consents/send-consent-notices'
import { currentTime } from '@/lib/context/clock'
import type { Context } from '@/lib/context/context'
import { newHexToken } from '@/lib/core/secrets'
import { retireUnusedSecrets } from '@/lib/credentials/retire-unused-secrets'
import { sendEndingNotices } from '@/lib/credentials/send-ending-notices'
import { sweepUsageReports } from '@/lib/credentials/sweep-usage-reports'
import { sweepDispositions } from '@/lib/dispositions/sweep-dispositions'
import { deliverMail } from '@/lib/jobs/deliver-mail'
import { type JobData, jobs, type Queue } from '@/lib/jobs/jobs'
import { sweepAuthorizations } from '@/lib/oauth/authorization/sweep-authorizations'
import { sweepProofs } from '@/lib/oauth/clients/sweep-proofs'
import { sweepTokens } from '@/lib/oauth/sweep-tokens'
import { deliverSms } from '@/lib/people/deliver-sms'
import { sendRequestedMail } from '@/lib/people/send-requested-mail'
import { sweepPeople } from '@/lib/people/sweep-people'
import { deliverPush } from '@/lib/push/deliver-push'
import { tellConnected } from '@/lib/transfers/tell-connected'

const handlers: { [Q in Queue]: (data: JobData[Q], jobId: string) => Promise<unknown> } = {
  mail: deliverMail,
  'requested-mail': (data) => sendRequestedMail(contextOf(data), data),
  push: (data) => deliverPush(systemContext('push'), data),
  sms: deliverSms,
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
    await sweepProofs(db, currentTime())
    await sweepPeople(db, currentTime())
    await sweepUsageReports(db, currentTime())
    await sweepHandshakes(db, currentTime())
    await retireUnusedSecrets(systemContext('retirement'))
    await sweepChains(systemContext('certificates'))
  },
  'authorization-sweep': () => sweepAuthorizations(database().db, currentTime()),
  'credential-notices': () => sendEndingNotices(systemContext('notices')),
  'certificate-notices': () => notifyExpiries(systemContext('notices')),
  'consent-notices': () => sendConsentNotices(systemContext('notices')),
  'revocation-plan': () => planFetches(systemContext('revocation')),
  'revocation-fetch': (data) => fetchSource(systemContext('revocation'), data),
  'transfer-notices': (data) => tellConnected(database().db, data),
}

/** Of whoever asked for what the job does, for the audit. */
function contextOf({ requestId, address }: { requestId: string; address: string | null }): Context {
  return { db: database().db, actor: { kind: 'anonymous' }, now: currentTime(), requestId, address }
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
  'authorization-sweep': '37 * * * *',
  'credential-notices': '*/10 * * * *', // an overlap may be an hour
  'certificate-notices': '17 * * * *',
  'consent-notices': '27 * * * *',
  'revocation-plan': '* * * * *',
}

/** What waits for others goes on beside a slow one; as many connections leave each process at most. */
const AT_ONCE: Partial<Record<Queue, number>> = { mail: 3, 'requested-mail': 3, push: 3, sms: 3, 'revocation-fetch': 4 }

/** Starts this process's workers, and the schedule. Every replica has both; the job store gives each job to one. */
export async function registerJobs(): Promise<void> {
  await startWorkers()
  for (const [queue, schedule] of Object.entries(SCHEDULES)) await jobs().schedule(queue, schedule)
}

export async function startWorkers(): Promise<void> {
  await Promise.all((Object.keys(handlers) as Queue[]).map((queue) => register(queue)))
}

/** Of each worker. A question that finds nothing costs as much as ten tokens, and nobody waits for what the clock starts. */
const POLLING_SECONDS = { enqueued: 0.5, scheduled: 5 }

async function register<Q extends Queue>(queue: Q): Promise<void> {
  const pollingIntervalSeconds = SCHEDULES[queue] ? POLLING_SECONDS.scheduled : POLLING_SECONDS.enqueued
  const options = { pollingIntervalSeconds, batchSize: 1, localConcurrency: AT_ONCE[queue] ?? 1 }
  await jobs().work<JobData[Q]>(queue, options, async ([job]) => job && handlers[queue](job.data, job.id))
}
