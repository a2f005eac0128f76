import { sql } from 'drizzle-orm'
import { PgBoss } from 'pg-boss'
import type { Database } from '@/db/client'
import { log } from '@/lib/log/log'

/** Every queue, with the shape of its jobs' data. Handlers are registered by server/jobs.ts. */
export type JobData = {
  /** `sealed`: the text, base64 (enqueue-mail.ts). */
  mail: { to: string; name: string; subject: string; sealed: string }
  /** Which mail the address gets is decided by the job. `sealed`: a link's token, base64. */
  'requested-mail': {
    kind: 'reset-password' | 'sign-up' | 'change-email'
    email: string
    personId: string | null
    sealed: string | null
    requestId: string
    address: string | null
  }
  /** `sealed`: what the device shall get, base64; it holds an import token. */
  push: { subscriptionId: string; sealed: string; expiresAt: string }
  /** `sealed`: the text, base64. */
  sms: { to: string; sealed: string }
  'audit-chain': Record<string, never>
  partitions: Record<string, never>
  sweep: Record<string, never>
  'authorization-sweep': Record<string, never>
  'credential-notices': Record<string, never>
  'certificate-notices': Record<string, never>
  'consent-notices': Record<string, never>
  'revocation-plan': Record<string, never>
  'revocation-fetch': { sourceId: string }
  /** `after`: the person told last; null at the beginning. */
  'transfer-notices': { applicationId: string; application: string; owner: string; after: string | null }
}
export type Queue = keyof JobData
export const QUEUES: readonly Queue[] = [
  'mail',
  'requested-mail',
  'push',
  'sms',
  'audit-chain',
  'partitions',
  'sweep',
  'authorization-sweep',
  'credential-notices',
  'certificate-notices',
  'consent-notices',
  'revocation-plan',
  'revocation-fetch',
  'transfer-notices',
]

/** About three minutes: whatever is waited for is worthless later. */
const BRIEFLY = { retryLimit: 5, retryBackoff: true, retryDelay: 5, retryDelayMax: null }
/** About two days, at last every quarter of an hour: a mail outlives a mail server's bad day. */
const PERSISTENTLY = { ...BRIEFLY, retryLimit: 200, retryDelayMax: 900 }

const KEY = Symbol.for('countersign.jobs')
type Holder = { [KEY]?: PgBoss }

/**
 * Connects the job store and makes its tables and queues. Called once per process, before anything is enqueued. Afterwards the
 * store knows every queue by heart: what is enqueued in a transaction needs no second connection, for which a transaction
 * behind a pooler could wait in vain.
 */
export async function startJobs(databaseUrl: string): Promise<PgBoss> {
  let boss = await connect(databaseUrl)
  if (await makeQueues(boss)) {
    await boss.stop({ graceful: false })
    boss = await connect(databaseUrl) // reads the queues at its start
  }
  ;(globalThis as Holder)[KEY] = boss
  return boss
}

async function connect(databaseUrl: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: databaseUrl, max: 4, application_name: 'countersign jobs' })
  boss.on('error', (error) => log().error({ err: error }, 'jobs'))
  await boss.start()
  return boss
}

/** Whether there was anything to make, or to change in a queue of an earlier release. */
async function makeQueues(boss: PgBoss): Promise<boolean> {
  const there = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]))
  let isChanged = false
  for (const name of QUEUES) {
    const wanted = name === 'mail' ? PERSISTENTLY : BRIEFLY
    const queue = there.get(name)
    if (queue && Object.entries(wanted).every(([option, value]) => queue[option as keyof typeof wanted] === value))
      continue
    await boss.createQueue(name)
    await boss.updateQueue(name, wanted)
    isChanged = true
  }
  return isChanged
}

export function jobs(): PgBoss {
  const boss = (globalThis as Holder)[KEY]
  if (!boss) throw new Error('the job store is not started')
  return boss
}

/** Enqueues in the caller's transaction: the job exists if and only if the change that it tells of does. */
export async function enqueueJob<Q extends Queue>(tx: Database, queue: Q, data: JobData[Q]): Promise<void> {
  await jobs().send(queue, data, { db: { executeSql: (text, values) => executeIn(tx, text, values) } })
}

/** pg-boss writes `$1` placeholders; drizzle wants a template. */
async function executeIn(tx: Database, text: string, values: unknown[] = []): Promise<{ rows: unknown[] }> {
  const parts = text.split(/\$(\d+)/)
  const query = sql.empty()
  parts.forEach((part, index) => {
    query.append(index % 2 === 0 ? sql.raw(part) : sql`${sql.param(values[Number(part) - 1])}`)
  })
  return { rows: [...(await tx.execute(query))] }
}
