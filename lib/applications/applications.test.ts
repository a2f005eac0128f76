import { and, eq, sql } from 'drizzle-orm'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { applications } from '@/db/schema/applications'
import { auditEvents } from '@/db/schema/partitioned'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { recordEvent } from '@/lib/audit/record-event'
import { newId } from '@/lib/core/ids'
import { isHexToken } from '@/lib/core/secrets'
import { MINUTE } from '@/lib/core/time'
import { addCallback } from './add-callback'
import { CALLBACK_LIMIT } from './callback'
import { changeProfile } from './change-profile'
import { changeScopes } from './change-scopes'
import { getApplication } from './get-application'
import { getLogo } from './get-logo'
import { getPublicApplication } from './get-public-application'
import { listApplications } from './list-applications'
import { listEventsOfApplication } from './list-events-of-application'
import { registerApplication, registerApplicationByOperator } from './register-application'
import { removeCallback } from './remove-callback'
import {
  APPLICATION_LIMIT,
  APPLICATIONS_PER_PAGE,
  ChangeScopesInput,
  RegisterApplicationInput,
  RegisterByOperatorInput,
  UpdateApplicationInput,
} from './schema'
import { resumeApplication, suspendApplication } from './suspend-application'
import { updateApplication } from './update-application'

const { db } = await testDatabase()
const operator = testContext(db, { kind: 'operator' as const, name: 'cli' })

async function anOwner(values: Parameters<typeof aCustomer>[2] = {}, role: 'owner' | 'viewer' = 'owner') {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id, values, role)
  return { person, customer, ctx: testContext(db, personActor(person.id, { customerId: customer.id, role })) }
}

function minutesLater<C extends { now: Date }>(ctx: C, minutes: number): C {
  return { ...ctx, now: new Date(ctx.now.getTime() + minutes * MINUTE) }
}

function input(values: Record<string, unknown> = {}) {
  return RegisterApplicationInput.parse({ name: 'Shop', ...values })
}

async function actionsOf(applicationId: string) {
  const rows = await db
    .select({ action: auditEvents.action })
    .from(auditEvents)
    .where(eq(auditEvents.applicationId, applicationId))
    .orderBy(auditEvents.id)
  return rows.map(({ action }) => action)
}

async function pngFile(width = 20, height = 10) {
  const create = { width, height, channels: 3 as const, background: { r: 200, g: 10, b: 10 } }
  const bytes = await sharp({ create }).withMetadata().png().toBuffer()
  return new File([new Uint8Array(bytes)], 'logo.png', { type: 'image/png' })
}

describe('registerApplication', () => {
  test('gives an application its sandbox, a key of 32 hex, and an audit row', async () => {
    const { ctx, customer } = await anOwner()
    const callback = 'https://shop.example/callback'
    const made = await registerApplication(ctx, input({ callback, description: 'Two\nlines', profile: 'legacy' }))
    expect(isHexToken(made.clientId)).toBe(true)
    const application = await getApplication(ctx, made)
    expect(application).toMatchObject({
      customerId: customer.id,
      name: 'Shop',
      description: 'Two\nlines',
      hasLogo: false,
      suspendedAt: null,
      environments: [
        { environment: 'sandbox', clientId: made.clientId, profile: 'legacy', callbacks: [{ url: callback }] },
      ],
    })
    expect(await listApplications(ctx, { page: 1 })).toEqual({ rows: [application], page: 1, pageCount: 1, total: 1 })
    expect(await actionsOf(made.applicationId)).toEqual(['application.registered'])
  })

  test('stops at the limit, also for many at the same moment, and leaves other businesses alone', async () => {
    const { ctx, customer } = await anOwner()
    const row = { createdBy: null, name: 'Shop', description: '', logo: null, customerId: customer.id }
    await db
      .insert(applications)
      .values(Array.from({ length: APPLICATION_LIMIT - 2 }, () => ({ ...row, id: newId('application') })))
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => registerApplication(ctx, input())))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'application-limit-reached' })
    }
    await expect(registerApplication((await anOwner()).ctx, input())).resolves.toBeDefined()
  })

  test('is refused to a viewer, to a personal customer, and to who acts for nobody', async () => {
    const viewer = await anOwner({}, 'viewer')
    const personal = await anOwner({ kind: 'personal' })
    const nobody = testContext(db, personActor(viewer.person.id))
    await expect(registerApplication(viewer.ctx, input())).rejects.toMatchObject({ reason: 'owner-required' })
    await expect(registerApplication(personal.ctx, input())).rejects.toMatchObject({ reason: 'business-required' })
    await expect(registerApplication(nobody, input())).rejects.toMatchObject({ reason: 'customer-required' })
  })

  test.each([
    { name: '' },
    { name: 'x'.repeat(81) },
    { name: 'a\u0000b' },
    { name: 'Shop', profile: 'open' },
    { name: 'Shop', environment: 'production' },
    { name: 'Shop', callback: 'http://shop.example/' },
    { name: 'Shop', description: 'x'.repeat(501) },
    { name: 'Shop', logo: new File([new Uint8Array(512 * 1024 + 1)], 'big.png') },
  ])('does not take %j', (values) => {
    expect(RegisterApplicationInput.safeParse(values).success).toBe(false)
  })

  test('by an operator takes callbacks and scopes, and is for operators alone', async () => {
    const { ctx, customer } = await anOwner()
    const given = RegisterByOperatorInput.parse({
      customerId: customer.id,
      name: 'Till',
      callbacks: ['https://till.example/a', 'http://localhost:8080/b'],
      scopes: ['psd2-ais'],
    })
    const made = await registerApplicationByOperator(operator, given)
    const [sandbox] = (await getApplication(ctx, made)).environments
    expect(sandbox?.callbacks.map(({ host }) => host).sort()).toEqual(['localhost', 'till.example'])
    expect(sandbox?.scopes).toEqual(['psd2-ais'])
    await expect(registerApplicationByOperator(ctx, given)).rejects.toMatchObject({ reason: 'operator-required' })
    expect(RegisterByOperatorInput.safeParse({ ...given, scopes: ['everything'] }).success).toBe(false)
  })
})

describe('another Customer', () => {
  test('gets the same 404 for every verb as for an application that is missing', async () => {
    const { customer } = await anOwner()
    const application = await anApplication(db, customer.id, { callback: 'https://shop.example/cb' })
    const [callback] =
      (await getApplication(operator, { applicationId: application.id })).environments[0]?.callbacks ?? []
    const stranger = await anOwner()
    const seen: string[] = []
    for (const applicationId of [application.id, newId('application'), 'app_\u0000']) {
      const update = { applicationId, name: 'Mine', description: '', logo: undefined }
      const add = { applicationId, environment: 'sandbox' as const, url: 'https://evil.example/cb' }
      const profile = { applicationId, environment: 'sandbox' as const, profile: 'legacy' as const }
      const calls = [
        () => getApplication(stranger.ctx, { applicationId }),
        () => listEventsOfApplication(stranger.ctx, { applicationId }),
        ...(applicationId.includes('\u0000')
          ? []
          : [
              () => updateApplication(stranger.ctx, update),
              () => addCallback(stranger.ctx, add),
              () => removeCallback(stranger.ctx, { applicationId, callbackId: callback?.id ?? '' }),
              () => changeProfile(stranger.ctx, profile),
              () => changeScopes(stranger.ctx, ChangeScopesInput.parse({ applicationId, scopes: 'psd2-ais' })),
              // not even a need for step-up tells that it is there
              () => changeProfile(minutesLater(stranger.ctx, 20), profile),
            ]),
      ]
      for (const call of calls) {
        await call().then(
          () => expect.fail('answered'),
          (error) => seen.push(`${error.kind} ${error.reason} ${error.message}`),
        )
      }
    }
    expect(new Set(seen).size).toBe(1)
    expect((await listApplications(stranger.ctx, { page: 1 })).rows).toEqual([])

    expect(await getApplication(operator, { applicationId: application.clientId })).toMatchObject({
      name: application.name,
      environments: [{ profile: 'standard', callbacks: [{ id: callback?.id }] }],
    })
  })
})

describe('listApplications', () => {
  test('comes in pages, each application on one of them; a page beyond the last is the last', async () => {
    const { ctx, customer } = await anOwner()
    for (let n = 0; n < APPLICATIONS_PER_PAGE + 3; n++) await anApplication(db, customer.id)
    const first = await listApplications(ctx, { page: 1 })
    const last = await listApplications(ctx, { page: 99 })
    expect([first.rows.length, last.rows.length]).toEqual([APPLICATIONS_PER_PAGE, 3])
    expect(last).toMatchObject({ page: 2, pageCount: 2, total: APPLICATIONS_PER_PAGE + 3 })
    expect(new Set([...first.rows, ...last.rows].map(({ id }) => id)).size).toBe(APPLICATIONS_PER_PAGE + 3)
    expect((await listApplications(ctx, { page: -1 })).page).toBe(1)
  })
})

describe('updateApplication', () => {
  test('keeps the logo unless there is a new one or it is to be removed', async () => {
    const { ctx } = await anOwner()
    const made = await registerApplication(ctx, input({ logo: await pngFile() }))
    const change = (values: Record<string, unknown>) =>
      updateApplication(ctx, UpdateApplicationInput.parse({ ...made, name: 'Shop 2', ...values }))
    await change({ logo: new File([], '') })
    expect(await getApplication(ctx, made)).toMatchObject({ name: 'Shop 2', hasLogo: true })
    await change({ removeLogo: 'on' })
    expect((await getApplication(ctx, made)).hasLogo).toBe(false)
    expect(await actionsOf(made.applicationId)).toEqual([
      'application.registered',
      'application.updated',
      'application.updated',
    ])
  })

  test('is refused to a viewer', async () => {
    const { ctx, customer } = await anOwner({}, 'viewer')
    const application = await anApplication(db, customer.id)
    expect((await getApplication(ctx, { applicationId: application.id })).name).toBe(application.name)
    const update = { applicationId: application.id, name: 'x', description: '', logo: undefined }
    await expect(updateApplication(ctx, update)).rejects.toMatchObject({ reason: 'permission-required' })
  })
})

describe('logos', () => {
  test('are drawn anew as PNG of 256 × 256 without metadata, and anybody signed in may see them', async () => {
    const { ctx } = await anOwner()
    const made = await registerApplication(ctx, input({ logo: await pngFile() }))
    const logo = await getLogo(testContext(db, personActor((await aPerson(db)).id)), made)
    const read = await sharp(logo).metadata()
    expect(read).toMatchObject({ format: 'png', width: 256, height: 256 })
    expect([read.exif, read.icc, read.xmp]).toEqual([undefined, undefined, undefined])
    await expect(getLogo(testContext(db, { kind: 'anonymous' }), made)).rejects.toMatchObject({
      reason: 'sign-in-required',
    })
  })

  test.each(['jpeg', 'webp'] as const)('are read from %s', async (format) => {
    const { ctx } = await anOwner()
    const bytes = await sharp(Buffer.from(await (await pngFile()).arrayBuffer()))
      [format]()
      .toBuffer()
    const logo = new File([new Uint8Array(bytes)], `logo.${format}`)
    await expect(registerApplication(ctx, input({ logo }))).resolves.toBeDefined()
  })

  test.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'],
    ['HTML called PNG', '<script>alert(1)</script>'],
    ['a PNG that is cut short', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ])('are refused as %s', async (_name, content) => {
    const { ctx } = await anOwner()
    const logo = new File([typeof content === 'string' ? content : new Uint8Array(content)], 'logo.png')
    await expect(registerApplication(ctx, input({ logo }))).rejects.toMatchObject({ reason: 'logo-unreadable' })
  })

  test('a small file that unpacks to a huge picture is refused', async () => {
    const { ctx } = await anOwner()
    const bytes = await sharp({ create: { width: 8000, height: 8000, channels: 3, background: '#fff' } })
      .png({ compressionLevel: 9 })
      .toBuffer()
    expect(bytes.length).toBeLessThan(512 * 1024)
    const logo = new File([new Uint8Array(bytes)], 'bomb.png')
    await expect(registerApplication(ctx, input({ logo }))).rejects.toMatchObject({ reason: 'logo-unreadable' })
  })
})

describe('callbacks', () => {
  async function anOwnedApplication() {
    const owner = await anOwner()
    const application = await anApplication(db, owner.customer.id)
    return { ...owner, applicationId: application.id, environment: 'sandbox' as const }
  }

  test('are added and removed with step-up, and removing twice leaves one audit row', async () => {
    const { ctx, applicationId, environment } = await anOwnedApplication()
    const url = 'https://shop.example/cb'
    const late = minutesLater(ctx, 6)
    const add = { applicationId, environment, url }
    await expect(addCallback(late, add)).rejects.toMatchObject({ reason: 'step-up-required' })
    const { callbackId } = await addCallback(ctx, add)
    await expect(removeCallback(late, { applicationId, callbackId })).rejects.toMatchObject({
      reason: 'step-up-required',
    })
    expect((await getApplication(ctx, { applicationId })).environments[0]?.callbacks).toHaveLength(1)
    await Promise.all([1, 2].map(() => removeCallback(ctx, { applicationId, callbackId })))
    expect((await getApplication(ctx, { applicationId })).environments[0]?.callbacks).toEqual([])
    await expect(addCallback(ctx, add)).resolves.toBeDefined()
    expect(await actionsOf(applicationId)).toEqual(['callback.added', 'callback.removed', 'callback.added'])
  })

  test('the same one is added once, also by many at the same moment', async () => {
    const { ctx, applicationId, environment } = await anOwnedApplication()
    const add = { applicationId, environment, url: 'https://shop.example/cb' }
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => addCallback(ctx, add)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ reason: 'callback-exists', field: 'url' })
    }
  })

  test('stop at the limit, also for many at the same moment', async () => {
    const { ctx, applicationId, environment } = await anOwnedApplication()
    const outcomes = await Promise.allSettled(
      Array.from({ length: CALLBACK_LIMIT + 6 }, (_, n) =>
        addCallback(ctx, { applicationId, environment, url: `https://shop.example/${n}` }),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(CALLBACK_LIMIT)
  })

  test('are not for viewers', async () => {
    const { ctx, customer } = await anOwner({}, 'viewer')
    const { id: applicationId } = await anApplication(db, customer.id)
    const add = { applicationId, environment: 'sandbox' as const, url: 'https://shop.example/cb' }
    await expect(addCallback(ctx, add)).rejects.toMatchObject({ reason: 'permission-required' })
  })
})

describe('changeProfile', () => {
  test('needs step-up and tells the audit from what to what', async () => {
    const { ctx, customer } = await anOwner()
    const { id: applicationId } = await anApplication(db, customer.id)
    const change = { applicationId, environment: 'sandbox' as const, profile: 'legacy' as const }
    await expect(changeProfile(minutesLater(ctx, 6), change)).rejects.toMatchObject({ reason: 'step-up-required' })
    expect((await getApplication(ctx, { applicationId })).environments[0]?.profile).toBe('standard')
    await changeProfile(ctx, change)
    await changeProfile(ctx, change)
    const events = await db
      .select()
      .from(auditEvents)
      .where(and(eq(auditEvents.applicationId, applicationId), eq(auditEvents.action, 'profile.changed')))
    expect(events.map(({ data }) => data)).toEqual([{ from: 'standard', to: 'legacy' }])
  })
})

describe('changeScopes', () => {
  const change = (applicationId: string, scopes: unknown, environment?: string) =>
    ChangeScopesInput.parse({ applicationId, scopes, environment })
  const scopesOf = async (applicationId: string, environment: string) =>
    (await getApplication(operator, { applicationId })).environments.find((one) => one.environment === environment)
      ?.scopes

  test('in the sandbox is the team’s, with step-up, and tells the audit from what to what, once', async () => {
    const { ctx, customer } = await anOwner()
    const { id: applicationId } = await anApplication(db, customer.id)
    const both = change(applicationId, ['psd2-pis', 'psd2-ais'])
    await expect(changeScopes(minutesLater(ctx, 6), both)).rejects.toMatchObject({ reason: 'step-up-required' })
    expect(await scopesOf(applicationId, 'sandbox')).toEqual([])
    expect(await changeScopes(ctx, both)).toEqual({ applicationId, scopes: ['psd2-ais', 'psd2-pis'] })
    await changeScopes(ctx, change(applicationId, ['psd2-ais', 'psd2-pis']))
    await changeScopes(ctx, change(applicationId, undefined))
    expect(await scopesOf(applicationId, 'sandbox')).toEqual([])
    const events = await db
      .select({ data: auditEvents.data })
      .from(auditEvents)
      .where(and(eq(auditEvents.applicationId, applicationId), eq(auditEvents.action, 'scopes.changed')))
      .orderBy(auditEvents.id)
    expect(events.map(({ data }) => data)).toEqual([
      { from: [], to: ['psd2-ais', 'psd2-pis'] },
      { from: ['psd2-ais', 'psd2-pis'], to: [] },
    ])
  })

  test('in production is an operator’s approval, whatever the role of who asks', async () => {
    const { ctx, customer } = await anOwner()
    const made = await registerApplicationByOperator(
      operator,
      RegisterByOperatorInput.parse({ customerId: customer.id, name: 'Till', environment: 'production' }),
    )
    const wanted = change(made.applicationId, 'psd2-ais', 'production')
    await expect(changeScopes(ctx, wanted)).rejects.toMatchObject({ reason: 'scopes-need-operator' })
    expect(await scopesOf(made.applicationId, 'production')).toEqual([])
    await changeScopes(operator, wanted)
    expect(await scopesOf(made.applicationId, 'production')).toEqual(['psd2-ais'])
    expect(await scopesOf(made.applicationId, 'sandbox')).toEqual([])
    const [event] = await db
      .select({ kind: auditEvents.actorKind, environment: auditEvents.environment })
      .from(auditEvents)
      .where(and(eq(auditEvents.applicationId, made.applicationId), eq(auditEvents.action, 'scopes.approved')))
    expect(event).toEqual({ kind: 'operator', environment: 'production' })
  })

  test('is not for viewers, and takes no scope that there is not', async () => {
    const { ctx, customer } = await anOwner({}, 'viewer')
    const { id: applicationId } = await anApplication(db, customer.id)
    await expect(changeScopes(ctx, change(applicationId, 'psd2-ais'))).rejects.toMatchObject({
      reason: 'permission-required',
    })
    for (const scopes of ['app', ['psd2-ais', 'everything'], Array(5).fill('psd2-ais')]) {
      expect(ChangeScopesInput.safeParse({ applicationId, scopes }).success).toBe(false)
    }
  })

  test('of two at once neither mixes with the other', async () => {
    const { ctx, customer } = await anOwner()
    const { id: applicationId } = await anApplication(db, customer.id)
    const sets = [['psd2-ais', 'psd2-pis'], ['connect-ais']]
    await Promise.all(sets.map((scopes) => changeScopes(ctx, change(applicationId, scopes))))
    expect(sets).toContainEqual(await scopesOf(applicationId, 'sandbox'))
    const [first, second] = await db
      .select({ data: auditEvents.data })
      .from(auditEvents)
      .where(and(eq(auditEvents.applicationId, applicationId), eq(auditEvents.action, 'scopes.changed')))
      .orderBy(auditEvents.id)
    expect(second?.data).toMatchObject({ from: (first?.data as { to: string[] } | undefined)?.to })
  })
})

describe('suspendApplication', () => {
  test('is for operators, by id or key, leaves one audit row each way, and is undone by resuming', async () => {
    const { ctx, customer } = await anOwner()
    const application = await anApplication(db, customer.id)
    const applicationId = application.id
    await expect(suspendApplication(ctx, { applicationId })).rejects.toMatchObject({ reason: 'operator-required' })
    await Promise.all([1, 2, 3].map(() => suspendApplication(operator, { applicationId, reason: 'abuse' })))
    expect(await getApplication(ctx, { applicationId })).toMatchObject({ suspendedReason: 'abuse' })
    expect((await getPublicApplication(ctx, { applicationId })).suspended).toBe(true)
    await resumeApplication(operator, { applicationId: application.clientId })
    await resumeApplication(operator, { applicationId })
    expect((await getApplication(ctx, { applicationId })).suspendedAt).toBeNull()
    expect(await actionsOf(applicationId)).toEqual(['application.suspended', 'application.resumed'])
    await expect(suspendApplication(operator, { applicationId: 'app_missing' })).rejects.toMatchObject({
      kind: 'not-found',
    })
  })
})

describe('getPublicApplication', () => {
  test("tells the owner's name only once an operator has verified it", async () => {
    const { ctx, customer } = await anOwner({ name: 'Shop Srl' })
    const { id: applicationId } = await anApplication(db, customer.id)
    const anybody = testContext(db, personActor((await aPerson(db)).id))
    expect((await getPublicApplication(anybody, { applicationId })).ownerName).toBeNull()
    await db.execute(sql`update customers set name_verified_at = now() where id = ${customer.id}`)
    expect((await getPublicApplication(ctx, { applicationId })).ownerName).toBe('Shop Srl')
  })
})

describe('listEventsOfApplication', () => {
  test('names colleagues, not strangers, and pages backwards', async () => {
    const { ctx, customer, person } = await anOwner()
    const { id: applicationId } = await anApplication(db, customer.id)
    const add = (n: number) =>
      addCallback(ctx, { applicationId, environment: 'sandbox', url: `https://shop.example/${n}` })
    for (let n = 0; n < 3; n++) await add(n)
    await suspendApplication(operator, { applicationId })
    const reporter = testContext(db, personActor((await aPerson(db)).id))
    await db.transaction((tx) => recordEvent(tx, reporter, { action: 'phishing.reported', applicationId }))
    const events = await listEventsOfApplication(ctx, { applicationId })
    expect(events.map(({ action, actorName, byYou }) => [action, actorName, byYou])).toEqual([
      ['application.suspended', null, false],
      ['callback.added', person.name, true],
      ['callback.added', person.name, true],
      ['callback.added', person.name, true],
    ])
    const before = events[1]?.id
    expect((await listEventsOfApplication(ctx, { applicationId, before })).map(({ id }) => id)).toEqual(
      events.slice(2).map(({ id }) => id),
    )
    // Who reports an application is not betrayed to it.
    expect(await listEventsOfApplication(operator, { applicationId })).toHaveLength(5)
    await expect(
      listEventsOfApplication(testContext(db, { kind: 'anonymous' }), { applicationId }),
    ).rejects.toMatchObject({
      reason: 'sign-in-required',
    })
  })
})
