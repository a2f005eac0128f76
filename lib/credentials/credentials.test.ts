import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { applicationSecrets, usageMarks } from '@/db/schema/credentials'
import { auditEvents } from '@/db/schema/partitioned'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { newId } from '@/lib/core/ids'
import { isApplicationSecret, sha256 } from '@/lib/core/secrets'
import { MINUTE } from '@/lib/core/time'
import { createCore } from './create-core'
import { listSecrets } from './list-secrets'
import { makeSecret } from './make-secret'
import { revokeSecret } from './revoke-secret'
import { SECRET_LIMIT } from './schema'

const { db } = await testDatabase()
const operator = testContext(db, { kind: 'operator' as const, name: 'cli' })

async function aSetting(role: 'owner' | 'viewer' = 'owner') {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id, {}, role)
  const application = await anApplication(db, customer.id) // has one secret already
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role }))
  return {
    person,
    application,
    ctx,
    input: { applicationId: application.id, environment: 'sandbox' as const },
  }
}

async function eventsAbout(subjectId: string) {
  return db.select().from(auditEvents).where(eq(auditEvents.subjectId, subjectId)).orderBy(auditEvents.id)
}

describe('makeSecret', () => {
  test('answers the plaintext once, keeps its hash alone, and writes it down without either', async () => {
    const { ctx, input, application } = await aSetting()
    const made = await makeSecret(ctx, input)
    expect(isApplicationSecret(made.clientSecret)).toBe(true)
    expect(made.clientId).toBe(application.clientId)
    const [row] = await db.select().from(applicationSecrets).where(eq(applicationSecrets.id, made.secretId))
    expect(row?.secretHash.equals(sha256(made.clientSecret))).toBe(true)
    const [event] = await eventsAbout(made.secretId)
    expect(event).toMatchObject({ action: 'secret.made', applicationId: application.id, environment: 'sandbox' })
    expect(JSON.stringify(event?.data)).not.toContain(made.clientSecret.slice(20, 40))
    expect(JSON.stringify(await listSecrets(ctx, input))).not.toContain(made.clientSecret.slice(20, 40))
  })

  test('needs step-up, an owner, and the right Customer', async () => {
    const { ctx, input } = await aSetting()
    const late = { ...ctx, now: new Date(ctx.now.getTime() + 6 * MINUTE) }
    await expect(makeSecret(late, input)).rejects.toMatchObject({ reason: 'step-up-required' })
    const viewer = await aSetting('viewer')
    await expect(makeSecret(viewer.ctx, viewer.input)).rejects.toMatchObject({ reason: 'permission-required' })
    await expect(makeSecret(ctx, viewer.input)).rejects.toMatchObject({ kind: 'not-found' })
    // A stranger learns nothing from being asked to step up either.
    await expect(makeSecret(late, viewer.input)).rejects.toMatchObject({ kind: 'not-found' })
    const missing = { ...input, applicationId: newId('application') }
    await expect(makeSecret(ctx, missing)).rejects.toMatchObject({ kind: 'not-found' })
    await expect(makeSecret(ctx, { ...input, environment: 'production' })).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('of twenty at the same moment, as many as the limit allows get through', async () => {
    const { ctx, input } = await aSetting()
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => makeSecret(ctx, input)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(SECRET_LIMIT - 1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'secret-limit-reached' })
    }
    expect(await listSecrets(ctx, input)).toHaveLength(SECRET_LIMIT)
  })

  test('counts neither revoked secrets nor those whose overlap has ended', async () => {
    const { ctx, input, application } = await aSetting()
    const made = []
    for (let n = 1; n < SECRET_LIMIT; n++) made.push(await makeSecret(ctx, input))
    await expect(makeSecret(ctx, input)).rejects.toMatchObject({ reason: 'secret-limit-reached' })
    await revokeSecret(ctx, { secretId: made[0]?.secretId as string, keepsTokens: false })
    await makeSecret(ctx, input)
    await db
      .update(applicationSecrets)
      .set({ endsAt: new Date(ctx.now.getTime() - 1) })
      .where(eq(applicationSecrets.id, application.secretId))
    await makeSecret(ctx, input)
    await expect(makeSecret(ctx, input)).rejects.toMatchObject({ reason: 'secret-limit-reached' })
  })
})

describe('listSecrets', () => {
  test('tells hint, maker, last use and state; viewers may look, strangers not', async () => {
    const { ctx, input, application, person } = await aSetting()
    const made = await makeSecret(ctx, input)
    await db.insert(usageMarks).values({
      subjectId: made.secretId,
      lastUsedAt: ctx.now,
      lastAddress: '192.0.2.7',
      hourStartedAt: ctx.now,
      usesByHour: [12],
    })
    await db
      .update(applicationSecrets)
      .set({ endsAt: new Date(ctx.now.getTime() + MINUTE) })
      .where(eq(applicationSecrets.id, application.secretId))
    const secrets = await listSecrets(ctx, input)
    expect(secrets.find(({ id }) => id === made.secretId)).toMatchObject({
      hint: made.hint,
      state: 'active',
      createdBy: person.name,
      lastUsedAt: ctx.now,
      lastAddress: '192.0.2.7',
      usesInDay: 12,
    })
    expect(secrets.find(({ id }) => id === application.secretId)).toMatchObject({ state: 'ending', createdBy: null })
    const viewer = await aSetting('viewer')
    expect(await listSecrets(viewer.ctx, viewer.input)).toHaveLength(1)
    await expect(listSecrets(viewer.ctx, input)).rejects.toMatchObject({ kind: 'not-found' })
  })
})

describe('revokeSecret', () => {
  test('is idempotent, and can only become stricter', async () => {
    const { ctx, input, application } = await aSetting()
    const { secretId } = application
    await revokeSecret(ctx, { secretId, keepsTokens: true })
    const first = (await listSecrets(ctx, input))[0]
    expect(first).toMatchObject({ state: 'revoked', keepsTokens: true })
    await Promise.all([1, 2, 3].map(() => revokeSecret(ctx, { secretId, keepsTokens: false })))
    await revokeSecret(ctx, { secretId, keepsTokens: true })
    const last = (await listSecrets(ctx, input))[0]
    expect(last).toMatchObject({ state: 'revoked', keepsTokens: false, revokedAt: first?.revokedAt })
    expect((await eventsAbout(secretId)).map(({ data }) => data)).toEqual([
      { keepsTokens: true },
      { keepsTokens: false },
    ])
  })

  test('needs no step-up, but an owner of the right Customer', async () => {
    const { ctx, application } = await aSetting()
    const viewer = await aSetting('viewer')
    const stranger = await aSetting()
    const revoke = { secretId: application.secretId, keepsTokens: false }
    await expect(revokeSecret(viewer.ctx, { ...revoke, secretId: viewer.application.secretId })).rejects.toMatchObject({
      reason: 'permission-required',
    })
    await expect(revokeSecret(stranger.ctx, revoke)).rejects.toMatchObject({ kind: 'not-found' })
    const late = { ...ctx, now: new Date(ctx.now.getTime() + 60 * MINUTE) }
    await expect(revokeSecret(late, revoke)).resolves.toEqual({ secretId: application.secretId })
  })
})

describe('createCore', () => {
  test('gives a key and a secret to an operator, once per name', async () => {
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => createCore(operator, { name: 'Ledger' })))
    const made = outcomes.filter((outcome) => outcome.status === 'fulfilled')
    expect(made).toHaveLength(1)
    const { coreId, clientSecret } = made[0]?.value ?? expect.fail('none')
    expect(isApplicationSecret(clientSecret)).toBe(true)
    expect(await eventsAbout(coreId)).toMatchObject([{ action: 'core.created', actorKind: 'operator' }])
    const { ctx } = await aSetting()
    await expect(createCore(ctx, { name: 'Other' })).rejects.toMatchObject({ reason: 'operator-required' })
  })
})
