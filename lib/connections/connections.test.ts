import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connected } from '@/db/client'
import { aCustomer, anAccount, anApplication, aPerson } from '@/db/factories'
import { applicationEnvironments, applications } from '@/db/schema/applications'
import { connections } from '@/db/schema/connections'
import { accounts, memberships } from '@/db/schema/customers'
import { dispositions } from '@/db/schema/dispositions'
import { auditEvents } from '@/db/schema/partitioned'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { isDomainError } from '@/lib/core/errors'
import { sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { acceptDisposition } from '@/lib/dispositions/accept-disposition'
import { findDeeplink } from '@/lib/dispositions/find-deeplink'
import { importDisposition } from '@/lib/dispositions/import-disposition'
import { prepareAcceptance } from '@/lib/dispositions/prepare-acceptance'
import { submitNumber } from '@/lib/dispositions/submit-number'
import { aPasskey } from '@/lib/dispositions/testing'
import { connectionOperation } from './connection-operation'
import { getOwnedConnection } from './get-owned-connection'
import { grantConnectionByOperator } from './grant-connection-by-operator'
import { listConnections } from './list-connections'
import { listConnectionsOfApplication } from './list-connections-of-application'
import { revokeConnection } from './revoke-connection'
import { showConnectionCode } from './show-connection-code'
import { startSelfConnection } from './start-self-connection'
import { sweepConnectionCodes } from './sweep-connection-codes'

const database = await testDatabase()
const { db } = database
const now = new Date()
let replica: Connected
beforeAll(async () => {
  replica = await connectReplica(database.url)
})
afterAll(() => replica.close())

async function aScene() {
  const owner = await aPerson(db, { name: 'Marco Bianchi' })
  const business = await aCustomer(db, owner.id)
  const application = await anApplication(db, business.id)
  const account = await anAccount(db, business.id)
  const ctx = testContext(db, personActor(owner.id, { customerId: business.id, role: 'owner' }, now), now)
  const input = { applicationId: application.id, environment: 'sandbox' as const, accountId: account.id }
  return { owner, business, application, account, ctx, input }
}

async function aGranted() {
  const scene = await aScene()
  const passkey = await aPasskey(db, scene.owner.id)
  const started = await startSelfConnection(scene.ctx, scene.input)
  const ref = { id: started.dispositionId }
  const token = (await findDeeplink(scene.ctx, ref))?.split('#')[1] as string
  await importDisposition(scene.ctx, { token })
  const [row] = await db.select().from(dispositions).where(eq(dispositions.id, ref.id))
  await submitNumber(scene.ctx, { ...ref, number: row?.number as number })
  const prepared = await prepareAcceptance(scene.ctx, { ...ref, locale: 'en' }, connectionOperation)
  const assertion = passkey.assert(prepared.options.challenge)
  await acceptDisposition(scene.ctx, { ...ref, assertion }, connectionOperation)
  return { ...scene, started, ref, connection: { connectionId: started.connectionId } }
}

async function aMember(customerId: string, role: 'owner' | 'viewer') {
  const person = await aPerson(db)
  await db.insert(memberships).values({ id: `mem_${person.id}`, personId: person.id, customerId, role })
  return testContext(db, personActor(person.id, { customerId, role }, now), now)
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
async function rowOf(id: string) {
  const [row] = await db.select().from(connections).where(eq(connections.id, id))
  if (!row) throw new Error('no row')
  return row
}

describe('starting a self-connection', () => {
  test('needs an owner, a fresh proof, the business’s own application and an own open account', async () => {
    const scene = await aScene()
    const other = await aScene()
    const viewer = await aMember(scene.business.id, 'viewer')
    const stale = { ...scene.ctx, now: addMs(now, 6 * MINUTE) }
    const closed = await anAccount(db, scene.business.id, { closedAt: now })
    const production = await anAccount(db, scene.business.id, { environment: 'production' })
    expect(await reasonOf(startSelfConnection(viewer, scene.input))).toBe('permission-required')
    expect(await reasonOf(startSelfConnection(stale, scene.input))).toBe('step-up-required')
    expect(
      await reasonOf(startSelfConnection(scene.ctx, { ...scene.input, applicationId: other.application.id })),
    ).toBe('not-found')
    expect(await reasonOf(startSelfConnection(scene.ctx, { ...scene.input, applicationId: 'app_missing' }))).toBe(
      'not-found',
    )
    for (const accountId of [other.account.id, closed.id, production.id, 'acc_missing']) {
      expect(await reasonOf(startSelfConnection(scene.ctx, { ...scene.input, accountId }))).toBe('account-unknown')
    }
  })

  test('is refused for a suspended application and for a profile without Connections', async () => {
    const scene = await aScene()
    await db.update(applications).set({ suspendedAt: now }).where(eq(applications.id, scene.application.id))
    expect(await reasonOf(startSelfConnection(scene.ctx, scene.input))).toBe('application-cannot-connect')
    const fapi = await aScene()
    await db
      .update(applicationEnvironments)
      .set({ profile: 'fapi2' })
      .where(eq(applicationEnvironments.applicationId, fapi.application.id))
    expect(await reasonOf(startSelfConnection(fapi.ctx, fapi.input))).toBe('profile-without-connections')
  })
})

describe('the Connection Code', () => {
  test('is shown to its person once: of two pages that ask at once, one gets it', async () => {
    const scene = await aGranted()
    const shown = await Promise.all(
      [db, replica.db, db, replica.db].map((on) => showConnectionCode({ ...scene.ctx, db: on }, scene.ref)),
    )
    const codes = shown.map((one) => one.connectionCode).filter((code) => code !== null)
    expect(codes).toHaveLength(1)
    expect(codes[0]).toMatch(/^[0-9a-f]{32}$/)
    const row = await rowOf(scene.started.connectionId)
    expect(row.codeHash).toEqual(sha256(codes[0] as string))
    expect(row.codeHint).toBe(`…${codes[0]?.slice(-5)}`)
  })

  test('is not shown to others, after ten minutes, or after revocation', async () => {
    const scene = await aGranted()
    const colleague = await aMember(scene.business.id, 'owner')
    expect(await reasonOf(showConnectionCode(colleague, scene.ref))).toBe('not-found')
    const late = { ...scene.ctx, now: addMs(now, 10 * MINUTE) }
    expect(await showConnectionCode(late, scene.ref)).toEqual({ connectionCode: null })
    await revokeConnection(scene.ctx, scene.connection)
    expect(await showConnectionCode(scene.ctx, scene.ref)).toEqual({ connectionCode: null })
  })

  test('its sealed copy is erased by the sweep once its time is over, not before', async () => {
    const scene = await aGranted()
    await sweepConnectionCodes(db, addMs(now, 10 * MINUTE - 1))
    expect((await rowOf(scene.started.connectionId)).codeSealed).not.toBeNull()
    await sweepConnectionCodes(db, addMs(now, 10 * MINUTE))
    expect((await rowOf(scene.started.connectionId)).codeSealed).toBeNull()
  })

  test('the sealed copy opens for no other Connection', async () => {
    const [one, two] = [await aGranted(), await aGranted()]
    const { codeSealed } = await rowOf(one.started.connectionId)
    await db.update(connections).set({ codeSealed }).where(eq(connections.id, two.started.connectionId))
    expect(await showConnectionCode(two.ctx, two.ref)).toEqual({ connectionCode: null })
  })
})

describe('revoking', () => {
  test('by any owner of the Customer, once; again changes nothing', async () => {
    const scene = await aGranted()
    const colleague = await aMember(scene.business.id, 'owner')
    await revokeConnection(colleague, scene.connection)
    await revokeConnection(scene.ctx, scene.connection)
    const row = await rowOf(scene.started.connectionId)
    expect(row).toMatchObject({ revokedAt: now, revokedBy: colleague.actor.personId, codeSealed: null })
  })

  test('many at once, on two replicas: one revocation in the audit', async () => {
    const scene = await aGranted()
    await Promise.all(
      [db, replica.db, db, replica.db].map((on) => revokeConnection({ ...scene.ctx, db: on }, scene.connection)),
    )
    const rows = await db
      .select({ action: auditEvents.action })
      .from(auditEvents)
      .where(eq(auditEvents.subjectId, scene.started.connectionId))
    expect(rows.filter((row) => row.action === 'connection.revoked')).toHaveLength(1)
  })

  test('a viewer may look but not revoke; a stranger sees nothing; one who left sees nothing', async () => {
    const scene = await aGranted()
    const viewer = await aMember(scene.business.id, 'viewer')
    expect((await getOwnedConnection(viewer, scene.connection)).canRevoke).toBe(false)
    expect(await reasonOf(revokeConnection(viewer, scene.connection))).toBe('owner-required')
    const stranger = await aScene()
    expect(await reasonOf(revokeConnection(stranger.ctx, scene.connection))).toBe('not-found')
    expect(await reasonOf(getOwnedConnection(stranger.ctx, scene.connection))).toBe('not-found')
    await db.update(memberships).set({ endedAt: now }).where(eq(memberships.personId, viewer.actor.personId))
    expect(await reasonOf(getOwnedConnection(viewer, scene.connection))).toBe('not-found')
  })

  test('what was never granted, is malformed or missing is the same 404', async () => {
    const scene = await aScene()
    const started = await startSelfConnection(scene.ctx, scene.input)
    for (const connectionId of [started.connectionId, 'CON0000000000', '\u0000', '']) {
      expect(await reasonOf(revokeConnection(scene.ctx, { connectionId }))).toBe('not-found')
    }
  })
})

describe('by the command line', () => {
  const operator = testContext(db, { kind: 'operator' as const, name: 'cli' }, now)

  test('an operator grants on a sandbox account, by id or key, and revokes', async () => {
    const scene = await aScene()
    for (const applicationId of [scene.application.id, scene.application.clientId]) {
      const granted = await grantConnectionByOperator(operator, { applicationId, iban: scene.account.iban })
      const row = await rowOf(granted.connectionId)
      expect(row).toMatchObject({ grantedBy: null, customerId: scene.business.id, codeSealed: null })
      expect(row.codeHash).toEqual(sha256(granted.connectionCode))
      await revokeConnection(operator, granted)
      expect((await rowOf(granted.connectionId)).revokedBy).toBe('cli')
    }
  })

  test('unknown accounts, production accounts and unknown applications are refused', async () => {
    const scene = await aScene()
    const production = await anAccount(db, scene.business.id, { environment: 'production' })
    const grant = (applicationId: string, iban: string) =>
      reasonOf(grantConnectionByOperator(operator, { applicationId, iban }))
    expect(await grant(scene.application.id, 'IT00 0000')).toBe('account-unknown')
    expect(await grant(scene.application.id, production.iban)).toBe('account-unknown')
    expect(await grant('app_missing', scene.account.iban)).toBe('not-found')
    const person = grantConnectionByOperator(scene.ctx, {
      applicationId: scene.application.id,
      iban: scene.account.iban,
    })
    expect(await reasonOf(person)).toBe('operator-required')
  })

  test('profile fapi2 and a suspended application are refused, also when they become so meanwhile', async () => {
    const scene = await aScene()
    const input = { applicationId: scene.application.id, iban: scene.account.iban }
    const place = eq(applicationEnvironments.applicationId, scene.application.id)
    await db.update(applicationEnvironments).set({ profile: 'fapi2' }).where(place)
    expect(await reasonOf(grantConnectionByOperator(operator, input))).toBe('profile-without-connections')
    await db.update(applicationEnvironments).set({ profile: 'standard' }).where(place)
    await db.update(applications).set({ suspendedAt: now }).where(eq(applications.id, scene.application.id))
    expect(await reasonOf(grantConnectionByOperator(operator, input))).toBe('application-cannot-connect')
    await db.update(applications).set({ suspendedAt: null }).where(eq(applications.id, scene.application.id))

    // The verb has looked, and then it changes: the statement that inserts decides.
    const changes = [
      () => db.update(applicationEnvironments).set({ profile: 'fapi2' }).where(place),
      () => db.update(applications).set({ suspendedAt: now }).where(eq(applications.id, scene.application.id)),
      () => db.update(accounts).set({ closedAt: now }).where(eq(accounts.id, scene.account.id)),
    ]
    for (const change of changes) {
      const late = {
        ...operator,
        db: new Proxy(db, {
          get: (target, name) =>
            name !== 'transaction'
              ? Reflect.get(target, name)
              : async (run: Parameters<typeof db.transaction>[0]) => {
                  await change()
                  return target.transaction(run)
                },
        }),
      }
      expect(await reasonOf(grantConnectionByOperator(late, input))).toBe('grant-impossible')
      await db.update(applicationEnvironments).set({ profile: 'standard' }).where(place)
      await db.update(applications).set({ suspendedAt: null }).where(eq(applications.id, scene.application.id))
      await db.update(accounts).set({ closedAt: null }).where(eq(accounts.id, scene.account.id))
    }
    expect((await grantConnectionByOperator(operator, input)).connectionCode).toMatch(/^[0-9a-f]{32}$/)
  })

  test('the database itself refuses a sandbox application on a production account', async () => {
    const scene = await aScene()
    const production = await anAccount(db, scene.business.id, { environment: 'production' })
    const row = {
      id: 'CONTEST000000',
      applicationId: scene.application.id,
      environment: 'sandbox',
      accountId: production.id,
      customerId: scene.business.id,
      grantedAt: now,
      codeHash: sha256('x'),
    }
    await expect(db.insert(connections).values(row)).rejects.toThrow()
  })
})

describe('lists', () => {
  test('an owner sees live and revoked Connections apart, of all their Customers and nobody else’s', async () => {
    const scene = await aGranted()
    const personal = await aCustomer(db, scene.owner.id, { kind: 'personal', name: 'Marco Bianchi' })
    const account = await anAccount(db, personal.id)
    const operator = testContext(db, { kind: 'operator' as const, name: 'cli' }, addMs(now, 1000))
    const second = await grantConnectionByOperator(operator, {
      applicationId: scene.application.id,
      iban: account.iban,
    })
    const live = await listConnections(scene.ctx, { revoked: false, page: 1 })
    expect(live.rows.map((row) => row.id)).toEqual([second.connectionId, scene.started.connectionId])
    expect(live.rows.map((row) => [row.customerName, row.grantedByYou])).toEqual([
      ['Marco Bianchi', false],
      [scene.business.name, true],
    ])
    await revokeConnection(scene.ctx, scene.connection)
    expect((await listConnections(scene.ctx, { revoked: true, page: 1 })).rows.map((row) => row.id)).toEqual([
      scene.started.connectionId,
    ])
    const stranger = await aScene()
    expect((await listConnections(stranger.ctx, { revoked: false, page: 1 })).total).toBe(0)
  })

  test('pages stay within their bounds', async () => {
    const scene = await aGranted()
    expect(await listConnections(scene.ctx, { revoked: false, page: 99 })).toMatchObject({ page: 1, pageCount: 1 })
    expect(await listConnections(scene.ctx, { revoked: false, page: -3 })).toMatchObject({ page: 1, total: 1 })
  })

  test('the Application Owner sees every request with its status, others a 404', async () => {
    const scene = await aGranted()
    const waiting = await startSelfConnection(scene.ctx, scene.input)
    const list = (at: Date) =>
      listConnectionsOfApplication(
        { ...scene.ctx, now: at },
        { applicationId: scene.application.id, environment: 'sandbox', page: 1 },
      )
    const statuses = (page: Awaited<ReturnType<typeof list>>) => new Map(page.rows.map((row) => [row.id, row.status]))
    expect(statuses(await list(now)).get(waiting.connectionId)).toBe('WAITING')
    expect(statuses(await list(addMs(now, 5 * MINUTE))).get(waiting.connectionId)).toBe('EXPIRED')
    expect(statuses(await list(now)).get(scene.started.connectionId)).toBe('GRANTED')
    await revokeConnection(scene.ctx, scene.connection)
    expect(statuses(await list(now)).get(scene.started.connectionId)).toBe('REVOKED')
    const stranger = await aScene()
    const foreign = listConnectionsOfApplication(stranger.ctx, {
      applicationId: scene.application.id,
      environment: 'sandbox',
      page: 1,
    })
    expect(await reasonOf(foreign)).toBe('not-found')
  })
})
