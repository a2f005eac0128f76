import { eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { applicationSecrets, usageMarks } from '@/db/schema/credentials'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { newId } from '@/lib/core/ids'
import { newApplicationSecret } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { markSecretUse } from './mark-secret-use'
import { replaceSecret } from './replace-secret'
import { revokeSecret } from './revoke-secret'
import { writeFirstUse } from './store'

const { db, url } = await testDatabase()
const replica = await connectReplica(url)
afterAll(() => replica.close())
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const ctx = testContext(db, personActor(owner.id, { customerId: customer.id, role: 'owner' }))
const application = await anApplication(db, customer.id)
const used = { now: ctx.now, address: '192.0.2.1' }

async function aSecret(values: Partial<typeof applicationSecrets.$inferInsert> = {}) {
  const { hash, hint } = newApplicationSecret('sandbox')
  const id = newId('secret')
  const place = { applicationId: application.id, environment: 'sandbox' as const }
  await db.insert(applicationSecrets).values({ ...place, id, secretHash: hash, hint, ...values })
  return id
}

function reasonOf(outcome: PromiseSettledResult<unknown>) {
  return outcome.status === 'rejected' ? outcome.reason.reason : 'done'
}

test('a use and a replacement at the same moment, in two replicas: one of them is refused, whichever comes second', async () => {
  for (let round = 0; round < 60; round++) {
    const secretId = await aSecret()
    const use = () => writeFirstUse(db, secretId, used)
    const replace = () => replaceSecret({ ...ctx, db: replica.db }, { secretId })
    // The replacement has further to go: whoever uses the secret gives it a start, longer each time.
    const waiting = async () => {
      for (let turn = 0; turn < round % 20; turn++) await db.execute('select 1')
      return use()
    }
    const [replaced, isUsed] = await Promise.allSettled([replace(), waiting()])
    const outcome = `${reasonOf(replaced)}, ${isUsed.status === 'fulfilled' && isUsed.value}`
    expect(['done, false', 'secret-used, true']).toContain(outcome)
    await db.update(applicationSecrets).set({ revokedAt: ctx.now }) // room for the next
  }
})

test('a use that waits for a replacement to commit is refused; a replacement that waits for a use sees it', async () => {
  const [first, second] = [await aSecret(), await aSecret()]
  const order: string[] = []
  const use = db
    .transaction(async (tx) => {
      await tx.update(applicationSecrets).set({ revokedAt: ctx.now }).where(eq(applicationSecrets.id, first))
      const waiting = writeFirstUse(replica.db, first, used).then((isWritten) => order.push(`used: ${isWritten}`))
      await isBlocked()
      order.push('revoked')
      return { waiting }
    })
    .then(({ waiting }) => waiting)
  await use
  expect(order).toEqual(['revoked', 'used: false'])

  const replacing = await db.transaction(async (tx) => {
    expect(await writeFirstUse(tx, second, used)).toBe(true)
    const waiting = replaceSecret({ ...ctx, db: replica.db }, { secretId: second }).catch(({ reason }) => reason)
    await isBlocked()
    return { waiting }
  })
  expect(await replacing.waiting).toBe('secret-used')
})

/** Until somebody waits for a lock here. */
async function isBlocked(): Promise<void> {
  for (;;) {
    const rows = await db.execute(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rows.length > 0) return
  }
}

test('the first use stands in the table before it is answered, once, also of many; what it knows is not asked again', async () => {
  const secretId = await aSecret()
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => markSecretUse(ctx, secretId)))
  expect(new Set(outcomes)).toEqual(new Set([true]))
  const rows = await db.select().from(usageMarks).where(eq(usageMarks.subjectId, secretId))
  expect(rows).toMatchObject([{ lastUsedAt: ctx.now, lastAddress: '127.0.0.1' }])
  const away = { execute: () => Promise.reject(new Error('the database is away')) } as unknown as typeof db
  expect(await markSecretUse({ ...ctx, db: away }, secretId)).toBe(true)
  // Another replica finds the mark and leaves it as it is.
  expect(await writeFirstUse(replica.db, secretId, { now: addMs(ctx.now, MINUTE), address: null })).toBe(true)
  expect(await db.select().from(usageMarks).where(eq(usageMarks.subjectId, secretId))).toEqual(rows)
})

test('a use that could not be written is not answered, and is written by the next', async () => {
  const secretId = await aSecret()
  const away = { execute: () => Promise.reject(new Error('the database is away')) } as unknown as typeof db
  await expect(markSecretUse({ ...ctx, db: away }, secretId)).rejects.toThrow('away')
  expect(await markSecretUse(ctx, secretId)).toBe(true)
})

test('a secret that was revoked, or has ended, before its first use has none', async () => {
  const revoked = await aSecret()
  await revokeSecret(ctx, { secretId: revoked, keepsTokens: false })
  const ended = await aSecret({ endsAt: ctx.now, endsBecause: 'lifetime' })
  for (const id of [revoked, ended]) {
    expect(await markSecretUse(ctx, id)).toBe(false)
    expect(await db.select().from(usageMarks).where(eq(usageMarks.subjectId, id))).toEqual([])
  }
})
