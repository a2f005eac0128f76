import { and, eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aCustomer, aMember, anApplication, aPerson } from '@/db/factories'
import { applicationMembers } from '@/db/schema/applications'
import { applicationSecrets } from '@/db/schema/credentials'
import { auditEvents } from '@/db/schema/partitioned'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { APPLICATION_ROLES, type ApplicationRole, isAllowed } from '@/lib/access/permissions'
import type { Context } from '@/lib/context/context'
import { isDomainError } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { addDays, addMs, HOUR, MINUTE } from '@/lib/core/time'
import { chooseRetirement } from '@/lib/credentials/choose-retirement'
import { endKey } from '@/lib/credentials/end-key'
import { endSecret } from '@/lib/credentials/end-secret'
import { makeSecret } from '@/lib/credentials/make-secret'
import { moveKeyEnd } from '@/lib/credentials/move-key-end'
import { moveSecretEnd } from '@/lib/credentials/move-secret-end'
import { replaceSecret } from '@/lib/credentials/replace-secret'
import { revokeSecret } from '@/lib/credentials/revoke-secret'
import { rotateKey } from '@/lib/credentials/rotate-key'
import { rotateSecret } from '@/lib/credentials/rotate-secret'
import { readMail } from '@/lib/people/testing/read-mail'
import { approveRequest, refuseRequest } from './decide-approval'
import { getFourEyes } from './list-approvals'
import { APPROVAL_HOURS, OPEN_REQUEST_LIMIT, REQUEST_DAYS } from './schema'
import { setFourEyes } from './set-four-eyes'
import { withApproval } from './with-approval'

const { db, url } = await testDatabase()
const replica = await connectReplica(url)
const now = new Date()

function acting(personId: string, customerId: string | null = null) {
  return testContext(db, personActor(personId, { customerId }, now), now)
}

/** At another time, with a proof of a strong factor as fresh as before. */
function at<C extends ReturnType<typeof acting>>(ctx: C, then: Date): C {
  return { ...ctx, now: then, actor: { ...ctx.actor, steppedUpAt: then } }
}

/** In production, under four eyes, with an owner and a second member. */
async function aScene(options: { on?: boolean } = {}) {
  const owner = await aPerson(db)
  const customer = await aCustomer(db, owner.id)
  const application = await anApplication(db, customer.id, { environment: 'production' })
  const applicationId = application.id
  const second = await aPerson(db)
  const place = await aMember(db, applicationId, 'credential-manager', { personId: second.id })
  const ctx = acting(owner.id, customer.id)
  if (options.on !== false) await setFourEyes(ctx, { applicationId, on: 'on' })
  const make = { applicationId, environment: 'production' as const }
  return { owner, application, applicationId, ctx, second: acting(second.id), secondPerson: second, place, make }
}

async function inRole(applicationId: string, role: ApplicationRole) {
  return acting((await aMember(db, applicationId, role)).personId)
}

async function reasonOf(act: Promise<unknown>): Promise<string> {
  try {
    await act
  } catch (error) {
    if (isDomainError(error)) return error.reason
    throw error
  }
  return 'done'
}

async function openRequests(ctx: Context, applicationId: string) {
  return (await getFourEyes(ctx, { applicationId })).requests
}

async function firstRequest(ctx: Context, applicationId: string) {
  const [request] = await openRequests(ctx, applicationId)
  if (!request) throw new Error('no request')
  return { requestId: request.id }
}

async function countSecrets(applicationId: string): Promise<number> {
  const rows = await db
    .select({ id: applicationSecrets.id })
    .from(applicationSecrets)
    .where(eq(applicationSecrets.applicationId, applicationId))
  return rows.length
}

async function actionsOf(applicationId: string) {
  const rows = await db
    .select({ action: auditEvents.action })
    .from(auditEvents)
    .where(eq(auditEvents.applicationId, applicationId))
    .orderBy(auditEvents.id)
  return rows.map(({ action }) => action)
}

describe('an act under four eyes', () => {
  test('is refused and asked for once, however often it is tried; approved, it is done once', async () => {
    const { ctx, second, secondPerson, owner, applicationId, make } = await aScene()
    for (let n = 0; n < 3; n++) expect(await reasonOf(makeSecret(ctx, make))).toBe('second-member-required')
    expect(await countSecrets(applicationId)).toBe(1)
    expect(await readMail(db, secondPerson.email)).toHaveLength(1)
    expect(await openRequests(second, applicationId)).toMatchObject([
      {
        permission: 'credentials.make',
        subject: 'without an end',
        state: 'waiting',
        requestedBy: owner.name,
        isYours: false,
      },
    ])
    await approveRequest(second, await firstRequest(second, applicationId))
    expect((await readMail(db, owner.email))[0]?.subject).toContain('was approved')
    expect(await openRequests(ctx, applicationId)).toMatchObject([
      { state: 'approved', approvedBy: secondPerson.name, isYours: true, expiresAt: addMs(now, APPROVAL_HOURS * HOUR) },
    ])
    expect(await reasonOf(makeSecret(ctx, make))).toBe('done')
    expect(await countSecrets(applicationId)).toBe(2)
    expect(await actionsOf(applicationId)).toEqual([
      'four-eyes.turned-on',
      'approval.requested',
      'approval.given',
      'approval.used',
      'secret.made',
    ])
    expect(await reasonOf(makeSecret(ctx, make))).toBe('second-member-required')
  })

  test('covers making, rotating and replacing secrets and rotating keys in production; revoking never waits', async () => {
    const { ctx, application, applicationId, make } = await aScene()
    const { secretId } = application
    const rotate = { ...make, overlap: '7d' as const, unusedHours: null }
    expect(await reasonOf(rotateSecret(ctx, rotate))).toBe('second-member-required')
    expect(await reasonOf(replaceSecret(ctx, { secretId }))).toBe('second-member-required')
    expect(await reasonOf(rotateKey(ctx, { ...make, overlap: '24h' as const }))).toBe('second-member-required')
    const asked = (await openRequests(ctx, applicationId)).map(({ permission, subject }) => `${permission}: ${subject}`)
    expect(asked.sort()).toEqual([
      `credentials.rotate: in place of ${secretId}, whose showing was missed`,
      'credentials.rotate: overlap 7d',
      'keys.rotate: overlap 24h',
    ])
    expect(await reasonOf(revokeSecret(ctx, { secretId, keepsTokens: false }))).toBe('done')
  })

  test('covers putting off an end and loosening a retirement; ending and tightening never wait', async () => {
    const { ctx, application, applicationId, make } = await aScene({ on: false })
    const { secretId, clientId } = application
    await rotateSecret(ctx, { ...make, overlap: '24h', unusedHours: 6 })
    await rotateKey(ctx, { ...make, overlap: '24h' })
    await setFourEyes(ctx, { applicationId, on: 'on' })
    const acts = [
      () => moveSecretEnd(ctx, { secretId, end: '7d' }),
      () => moveKeyEnd(ctx, { clientId, end: '7d' }),
      () => chooseRetirement(ctx, { secretId, unusedHours: null }),
      () => chooseRetirement(ctx, { secretId, unusedHours: 7 }),
    ]
    for (const act of acts) expect(await reasonOf(act())).toBe('second-member-required')
    const asked = (await openRequests(ctx, applicationId)).map(({ permission, subject }) => `${permission}: ${subject}`)
    expect(asked.sort()).toEqual([
      `credentials.rotate: ${secretId}: its end put off to 7d from then`,
      `credentials.rotate: ${secretId}: not retired before its end`,
      `credentials.rotate: ${secretId}: retired once unused for 7 h from then`,
      `keys.rotate: ${clientId}: its end put off to 7d from then`,
    ])
    const second = await inRole(applicationId, 'admin')
    for (const { id } of await openRequests(second, applicationId)) await approveRequest(second, { requestId: id })
    for (const act of acts.slice(0, 3)) expect(await reasonOf(act())).toBe('done')
    expect(await reasonOf(chooseRetirement(ctx, { secretId, unusedHours: 9 }))).toBe('done')
    expect(await reasonOf(chooseRetirement(ctx, { secretId, unusedHours: 5 }))).toBe('done')
    expect(await reasonOf(chooseRetirement(at(ctx, addMs(now, HOUR)), { secretId, unusedHours: 5 }))).toBe(
      'second-member-required',
    )
    expect(await reasonOf(endSecret(ctx, { secretId }))).toBe('done')
    expect(await reasonOf(endKey(ctx, { clientId }))).toBe('done')
  })

  test('an approval is for one exact act of the person who asked', async () => {
    const { ctx, second, applicationId, make } = await aScene()
    await makeSecret(ctx, make).catch(() => null)
    await approveRequest(second, await firstRequest(second, applicationId))
    expect(await reasonOf(makeSecret(ctx, { ...make, lifetimeDays: 90 }))).toBe('second-member-required')
    expect(await reasonOf(makeSecret(second, make))).toBe('second-member-required')
    expect(await reasonOf(makeSecret(ctx, make))).toBe('done')
  })

  test('of many at the same moment, on two replicas, an approval lets one through', async () => {
    const { ctx, second, applicationId, make } = await aScene()
    await makeSecret(ctx, make).catch(() => null)
    await approveRequest(second, await firstRequest(second, applicationId))
    const outcomes = await Promise.all(
      [db, replica.db, db, replica.db].map((on) => reasonOf(makeSecret({ ...ctx, db: on }, make))),
    )
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'second-member-required')).toHaveLength(3)
    expect(await openRequests(ctx, applicationId)).toHaveLength(1)
  })

  test('an act that fails for another reason leaves the approval', async () => {
    const { ctx, second, applicationId } = await aScene()
    const act = {
      applicationId,
      environment: 'production' as const,
      permission: 'keys.rotate' as const,
      subject: 'test',
    }
    const fail = () => withApproval(ctx, async (_tx, requireApproval) => requireApproval(act).then(() => broken()))
    const broken = () => Promise.reject(new Error('broken'))
    expect(await reasonOf(fail())).toBe('second-member-required')
    await approveRequest(second, await firstRequest(second, applicationId))
    await expect(fail()).rejects.toThrow('broken')
    expect(await openRequests(ctx, applicationId)).toMatchObject([{ state: 'approved' }])
    expect(await reasonOf(withApproval(ctx, (_tx, requireApproval) => requireApproval(act)))).toBe('done')
  })

  test('an approval is over after 24 hours, and with the role of who gave it', async () => {
    const { ctx, second, applicationId, make, place } = await aScene()
    await makeSecret(ctx, make).catch(() => null)
    await approveRequest(second, await firstRequest(second, applicationId))
    const late = at(ctx, addMs(now, APPROVAL_HOURS * HOUR))
    expect(await reasonOf(makeSecret(late, make))).toBe('second-member-required')
    await db.update(applicationMembers).set({ role: 'analyst' }).where(eq(applicationMembers.id, place.id))
    expect(await reasonOf(makeSecret(ctx, make))).toBe('second-member-missing')
    await db.update(applicationMembers).set({ role: 'admin' }).where(eq(applicationMembers.id, place.id))
    expect(await reasonOf(makeSecret(ctx, make))).toBe('done')
  })

  test('is not asked for in the sandbox, without the setting, or of the command line', async () => {
    const { ctx, applicationId, make } = await aScene({ on: false })
    expect(await reasonOf(makeSecret(ctx, make))).toBe('done')
    await setFourEyes(ctx, { applicationId, on: 'on' })
    const operator = testContext(db, { kind: 'operator' as const, name: 'cli' }, now)
    expect(await reasonOf(makeSecret(operator, make))).toBe('done')
    expect(await reasonOf(makeSecret(ctx, make))).toBe('second-member-required')
    const sandbox = {
      applicationId,
      environment: 'sandbox' as const,
      permission: 'credentials.make' as const,
      subject: 'x',
    }
    expect(await reasonOf(withApproval(ctx, (_tx, requireApproval) => requireApproval(sandbox)))).toBe('done')
  })

  test('whoever may not do it, or has not stepped up, cannot ask either', async () => {
    const { ctx, applicationId, make } = await aScene()
    const developer = await inRole(applicationId, 'developer')
    expect(await reasonOf(makeSecret(developer, make))).toBe('permission-required')
    expect(await reasonOf(makeSecret({ ...ctx, now: addMs(now, 6 * MINUTE) }, make))).toBe('step-up-required')
    expect(await openRequests(ctx, applicationId)).toEqual([])
  })

  test('requests are bounded', async () => {
    const { ctx, applicationId } = await aScene()
    const ask = (n: number) =>
      reasonOf(
        withApproval(ctx, (_tx, requireApproval) =>
          requireApproval({
            applicationId,
            environment: 'production',
            permission: 'certificates.submit',
            subject: `${n}`,
          }),
        ),
      )
    const outcomes = await Promise.all(Array.from({ length: OPEN_REQUEST_LIMIT + 3 }, (_, n) => ask(n)))
    expect(outcomes.filter((outcome) => outcome === 'second-member-required')).toHaveLength(OPEN_REQUEST_LIMIT)
    expect(outcomes.filter((outcome) => outcome === 'approval-limit-reached')).toHaveLength(3)
  })
})

describe('approveRequest and refuseRequest', () => {
  test.each(APPLICATION_ROLES)('are for who may in production, as %s', async (role) => {
    const { ctx, applicationId, make } = await aScene()
    await makeSecret(ctx, make).catch(() => null)
    const request = await firstRequest(ctx, applicationId)
    const member = await inRole(applicationId, role)
    const may = isAllowed(role, 'four-eyes.approve', 'production')
    expect(await reasonOf(refuseRequest(member, request))).toBe(may ? 'done' : 'permission-required')
    expect(await openRequests(member, applicationId)).toHaveLength(may ? 0 : 1)
  })

  test('never by who asked, nor by strangers, late or without step-up', async () => {
    const { ctx, second, applicationId, make } = await aScene()
    await makeSecret(ctx, make).catch(() => null)
    const request = await firstRequest(ctx, applicationId)
    const stranger = (await aScene()).ctx
    for (const act of [approveRequest, refuseRequest]) {
      expect(await reasonOf(act(ctx, request))).toBe('own-request')
      expect(await reasonOf(act(stranger, request))).toBe('not-found')
      expect(await reasonOf(act(second, { requestId: newId('approval') }))).toBe('not-found')
      expect(await reasonOf(act({ ...second, now: addMs(now, 6 * MINUTE) }, request))).toBe('step-up-required')
      expect(await reasonOf(act(at(second, addDays(now, REQUEST_DAYS)), request))).toBe('not-found')
    }
    expect(await reasonOf(getFourEyes(stranger, { applicationId }))).toBe('not-found')
  })

  test('of a yes and a no at the same moment one counts; a no leaves room to ask again', async () => {
    for (let n = 0; n < 4; n++) {
      const { ctx, second, applicationId, make } = await aScene()
      const third = await inRole(applicationId, 'admin')
      await makeSecret(ctx, make).catch(() => null)
      const request = await firstRequest(ctx, applicationId)
      const [yes, no] = await Promise.all([
        reasonOf(approveRequest(second, request)),
        reasonOf(refuseRequest({ ...third, db: replica.db }, request)),
      ])
      expect([yes, no].filter((outcome) => outcome === 'done')).toHaveLength(1)
      expect(await reasonOf(makeSecret(ctx, make))).toBe(yes === 'done' ? 'done' : 'second-member-required')
    }
  })
})

describe('setFourEyes', () => {
  test('is for owners, with step-up, and needs somebody who can be the second', async () => {
    const { ctx, applicationId, second } = await aScene({ on: false })
    expect(await reasonOf(setFourEyes(second, { applicationId, on: 'on' }))).toBe('permission-required')
    expect(await reasonOf(setFourEyes({ ...ctx, now: addMs(now, 6 * MINUTE) }, { applicationId, on: 'on' }))).toBe(
      'step-up-required',
    )
    expect(await reasonOf(setFourEyes((await aScene()).ctx, { applicationId, on: 'on' }))).toBe('not-found')
    await db
      .update(applicationMembers)
      .set({ role: 'developer' })
      .where(eq(applicationMembers.applicationId, applicationId))
    expect(await reasonOf(setFourEyes(ctx, { applicationId, on: 'on' }))).toBe('second-member-missing')
  })

  test('is turned off with a second member only', async () => {
    const { ctx, second, applicationId, make } = await aScene()
    const off = { applicationId, on: 'off' as const }
    expect(await reasonOf(setFourEyes(ctx, off))).toBe('second-member-required')
    expect((await getFourEyes(ctx, { applicationId })).isOn).toBe(true)
    await approveRequest(second, await firstRequest(second, applicationId))
    expect(await setFourEyes(ctx, off)).toEqual({ isOn: false })
    expect(await setFourEyes(ctx, off)).toEqual({ isOn: false })
    expect(await reasonOf(makeSecret(ctx, make))).toBe('done')
    const changes = await db
      .select({ action: auditEvents.action })
      .from(auditEvents)
      .where(and(eq(auditEvents.applicationId, applicationId), eq(auditEvents.action, 'four-eyes.turned-off')))
    expect(changes).toHaveLength(1)
  })
})
