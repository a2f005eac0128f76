import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connected, Database } from '@/db/client'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { dispositions } from '@/db/schema/dispositions'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import type { Context } from '@/lib/context/context'
import { isDomainError } from '@/lib/core/errors'
import { newWireId } from '@/lib/core/ids'
import { addMs, MINUTE } from '@/lib/core/time'
import { cancelDisposition } from './cancel-disposition'
import { offerDisposition } from './offer-disposition'
import { OPEN_OF_APPLICATION, OPEN_OF_PERSON } from './require-room'

const database = await testDatabase()
const { db } = database
const now = new Date()
let replica: Connected
beforeAll(async () => {
  replica = await connectReplica(database.url)
})
afterAll(() => replica.close())

async function anAsker() {
  const person = await aPerson(db)
  const business = await aCustomer(db, person.id)
  const application = await anApplication(db, business.id)
  const asApplication = (on: Database = db, at = now) =>
    testContext(on, { kind: 'system' as const, name: application.id }, at)
  const asPerson = (on: Database = db, at = now) =>
    testContext(on, personActor(person.id, { customerId: business.id, role: 'owner' }, at), at)
  return { applicationId: application.id, asApplication, asPerson }
}

function offer(ctx: Context, applicationId: string) {
  return ctx.db.transaction((tx) =>
    offerDisposition(tx, ctx, {
      operation: 'connection',
      subjectId: newWireId('connection'),
      applicationId,
      environment: 'sandbox',
      offer: { reference: null, accountType: null, accountId: null },
      numberWanted: false,
      returnUrl: null,
      resultWanted: false,
    }),
  )
}

/** Copies an open disposition until there are so many. */
async function fillUp(id: string, wanted: number): Promise<void> {
  await db.execute(sql`
    insert into dispositions (id, operation, subject_id, application_id, environment, status, offer, import_token_hash,
      import_until, number_wanted, created_at)
    select id || n, operation, subject_id || n, application_id, environment, 'WAITING', offer, sha256((id || n)::bytea),
      import_until, number_wanted, created_at
    from dispositions, generate_series(2, ${wanted}) n where id = ${id}`)
}

async function outcomes(acts: Promise<unknown>[]) {
  const settled = await Promise.allSettled(acts)
  const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  return { made: acts.length - refused.length, refused }
}

test('of twenty offers at once on two replicas, an application makes as many as there is room for', async () => {
  const asker = await anAsker()
  const { id } = await offer(asker.asApplication(), asker.applicationId)
  await fillUp(id, OPEN_OF_APPLICATION - 3)
  const at = addMs(now, MINUTE)
  const { made, refused } = await outcomes(
    Array.from({ length: 20 }, (_, n) => offer(asker.asApplication(n % 2 ? db : replica.db, at), asker.applicationId)),
  )
  expect(made).toBe(3)
  for (const error of refused) {
    expect(error).toMatchObject({ kind: 'conflict', reason: 'open-requests-limit', retryAfterSeconds: 240 })
  }
})

test('what has ended, also by time alone, makes room; another application has its own', async () => {
  const [asker, other] = [await anAsker(), await anAsker()]
  const first = await offer(asker.asApplication(), asker.applicationId)
  await fillUp(first.id, OPEN_OF_APPLICATION)
  const refused = (error: unknown) => isDomainError(error) && error.reason === 'open-requests-limit'
  await expect(offer(asker.asApplication(), asker.applicationId)).rejects.toSatisfy(refused)
  await offer(other.asApplication(), other.applicationId)

  await db
    .update(dispositions)
    .set({ status: 'CANCELLED', importTokenSealed: null })
    .where(eq(dispositions.id, first.id))
  await offer(asker.asApplication(), asker.applicationId)
  await expect(offer(asker.asApplication(), asker.applicationId)).rejects.toSatisfy(refused)
  await offer(asker.asApplication(db, addMs(now, 5 * MINUTE)), asker.applicationId)
})

test('one person has so many of their own open, whatever the application, and a canceled one makes room', async () => {
  const asker = await anAsker()
  const { made } = await outcomes(
    Array.from({ length: 20 }, (_, n) => offer(asker.asPerson(n % 2 ? db : replica.db), asker.applicationId)),
  )
  expect(made).toBe(OPEN_OF_PERSON)
  const [open] = await db
    .select({ id: dispositions.id })
    .from(dispositions)
    .where(eq(dispositions.applicationId, asker.applicationId))
  await cancelDisposition(asker.asPerson(), { id: open?.id as string })
  await offer(asker.asPerson(), asker.applicationId)
  await offer(asker.asApplication(), asker.applicationId)
})
