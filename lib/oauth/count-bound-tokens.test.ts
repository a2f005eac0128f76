import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { aCertificateChain, aConsent, aCustomer, anApplication, aPerson } from '@/db/factories'
import { consents } from '@/db/schema/consents'
import { applicationSecrets } from '@/db/schema/credentials'
import { memberships } from '@/db/schema/customers'
import { tokenFamilies } from '@/db/schema/oauth'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { newFamilyId } from '@/lib/core/new-family-id'
import { addDays, addMs, HOUR } from '@/lib/core/time'
import { BOUND_TOKENS_LIMIT, countBoundTokens, countStatement } from './count-bound-tokens'

const { db } = await testDatabase()
const root = makeAuthority('Root of the clients', new Date())

async function aSetting() {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  const application = await anApplication(db, customer.id)
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id }))
  const place = { applicationId: application.id, environment: 'sandbox' as const }
  return { person, customer, application, ctx, place }
}

type Setting = Awaited<ReturnType<typeof aSetting>>

async function aChain({ application }: Setting, values: { revokedAt?: Date; endsAt?: Date } = {}): Promise<string> {
  return (await aCertificateChain(db, application, makeClientChain({ root }), values)).id
}

async function aFamily({ place, ctx }: Setting, values: Partial<typeof tokenFamilies.$inferInsert>, count = 1) {
  const rows = Array.from({ length: count }, (_, n) => ({
    id: newFamilyId(ctx.now.getTime()),
    ...place,
    scopes: ['app'],
    accessHash: Buffer.alloc(32, n % 250),
    expiresAt: addMs(ctx.now, HOUR),
    ...values,
  }))
  await db.insert(tokenFamilies).values(rows)
}

const REFRESHES = { refreshKey: 7n, refreshHash: Buffer.alloc(32, 7) }

test('counts what lives on each certificate, also one that is superseded, and tells what will be refreshed', async () => {
  const setting = await aSetting()
  const { ctx, place, application, person, customer } = setting
  const old = await aChain(setting, { endsAt: addMs(ctx.now, -HOUR) })
  const fresh = await aChain(setting)
  const unused = await aChain(setting)
  await aFamily(setting, { chainId: old }, 2)
  await aFamily(setting, { chainId: old, ...REFRESHES, expiresAt: addDays(ctx.now, 90) })
  await aFamily(setting, { chainId: fresh })
  // None of these lives: expired, revoked, by a secret that was revoked, for a consent that was withdrawn, on no chain.
  await aFamily(setting, { chainId: old, expiresAt: ctx.now })
  await aFamily(setting, { chainId: old, revokedAt: ctx.now })
  const [secret] = await db
    .update(applicationSecrets)
    .set({ revokedAt: ctx.now })
    .where(eq(applicationSecrets.applicationId, application.id))
    .returning({ id: applicationSecrets.id })
  await aFamily(setting, { chainId: old, secretId: secret?.id ?? '' })
  const consent = await aConsent(db, application, { personId: person.id, customerId: customer.id })
  await aFamily(setting, { chainId: old, consentId: consent.id, ...REFRESHES })
  await db.update(consents).set({ revokedAt: ctx.now, revokedBy: 'operator' }).where(eq(consents.id, consent.id))
  await aFamily(setting, {})

  const counted = await countBoundTokens(ctx, place)
  expect(Object.fromEntries(counted)).toEqual({
    [old]: { accessTokens: 2, families: 1 },
    [fresh]: { accessTokens: 1, families: 0 },
  })
  expect(counted.has(unused)).toBe(false)
})

test('a family counts with its consent as the token road has it: past its own end once renewed, and not for who left', async () => {
  const setting = await aSetting()
  const { ctx, place, application, person, customer } = setting
  const chainId = await aChain(setting)
  const renewed = await aConsent(db, application, { personId: person.id, customerId: customer.id })
  await aFamily(setting, { chainId, consentId: renewed.id, ...REFRESHES, expiresAt: addDays(ctx.now, -1) })
  const left = await aPerson(db)
  const theirs = await aCustomer(db, left.id)
  const consent = await aConsent(db, application, { personId: left.id, customerId: theirs.id })
  await aFamily(setting, { chainId, consentId: consent.id, ...REFRESHES, expiresAt: addDays(ctx.now, 90) })
  await db.update(memberships).set({ endedAt: ctx.now }).where(eq(memberships.personId, left.id))
  expect((await countBoundTokens(ctx, place)).get(chainId)).toEqual({ accessTokens: 0, families: 1 })
})

test('counts no further than it says, and reads the live families of the chain alone', async () => {
  const setting = await aSetting()
  const chainId = await aChain(setting)
  await aFamily(setting, { chainId }, BOUND_TOKENS_LIMIT + 20)
  await aFamily(setting, { chainId, expiresAt: addMs(setting.ctx.now, -HOUR) }, 3000)
  const counted = await countBoundTokens(setting.ctx, setting.place)
  expect(counted.get(chainId)).toEqual({ accessTokens: BOUND_TOKENS_LIMIT, families: 0 })
  await db.execute(sql`analyze token_families`)
  const { applicationId, environment } = setting.place
  const plan = await db.execute<{ 'QUERY PLAN': string }>(
    sql`explain ${countStatement(applicationId, environment, setting.ctx.now)}`,
  )
  const text = plan.map((row) => row['QUERY PLAN']).join('\n')
  expect(text).not.toMatch(/Seq Scan on token_families|token_families_(refresh|pkey)/)
  expect(text).toMatch(/Index Cond: .*chain_id.*expires_at/)
})

test('a revoked chain has nothing that lives, and strangers get what they get for a missing application', async () => {
  const setting = await aSetting()
  const chainId = await aChain(setting, { revokedAt: setting.ctx.now })
  await aFamily(setting, { chainId })
  expect((await countBoundTokens(setting.ctx, setting.place)).size).toBe(0)
  const stranger = (await aSetting()).ctx
  await expect(countBoundTokens(stranger, setting.place)).rejects.toMatchObject({ kind: 'not-found' })
})
