import { and, eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aCustomer, aMember, anAccount, anApplication, aPerson } from '@/db/factories'
import { connections } from '@/db/schema/connections'
import { memberships } from '@/db/schema/customers'
import { dispositions } from '@/db/schema/dispositions'
import { auditEvents } from '@/db/schema/partitioned'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import type { ApplicationRole } from '@/lib/access/permissions'
import { getApplication } from '@/lib/applications/get-application'
import { getPublicApplication } from '@/lib/applications/get-public-application'
import { startSelfConnection } from '@/lib/connections/start-self-connection'
import type { Context } from '@/lib/context/context'
import { isDomainError } from '@/lib/core/errors'
import { newId, newWireId } from '@/lib/core/ids'
import { newHexToken, sha256 } from '@/lib/core/secrets'
import { addDays, addMs, MINUTE } from '@/lib/core/time'
import { listSecretsSeenByGone } from '@/lib/credentials/list-secrets-seen-by-gone'
import { makeSecret } from '@/lib/credentials/make-secret'
import type { JobData } from '@/lib/jobs/jobs'
import { readMail, readToken } from '@/lib/people/testing/read-mail'
import { acceptInvitation } from '@/lib/team/accept-invitation'
import { inviteMember } from '@/lib/team/invite-member'
import { acceptTransfer } from './accept-transfer'
import { cancelTransfer, refuseTransfer } from './end-transfer'
import { findOfferedTransfer, listReceivedTransfers } from './list-transfers'
import { requestTransfer } from './request-transfer'
import { RequestTransferInput, TRANSFER_DAYS } from './schema'
import { tellConnected } from './tell-connected'

const { db, url } = await testDatabase()
const replica = await connectReplica(url)
const now = new Date()

function acting(personId: string, customerId: string | null = null, role: 'owner' | 'viewer' | null = null) {
  return testContext(db, personActor(personId, { customerId, role }, now), now)
}

async function aBusiness(name = 'Business') {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id, { name })
  return { person, customer, ctx: acting(person.id, customer.id, 'owner') }
}

async function aScene() {
  const giver = await aBusiness('Giver Srl')
  const receiver = await aBusiness('Receiver GmbH')
  const application = await anApplication(db, giver.customer.id)
  const ask = { applicationId: application.id, businessId: receiver.customer.id }
  return { giver, receiver, application, applicationId: application.id, ask }
}

async function anOffer() {
  const scene = await aScene()
  await requestTransfer(scene.giver.ctx, scene.ask)
  const transferId = (await findOfferedTransfer(scene.giver.ctx, scene))?.id ?? ''
  return { ...scene, transferId, offer: { transferId } }
}

/** Owner of an account that the application is connected to. */
async function aPayer(applicationId: string) {
  const payer = await aBusiness('Payer')
  const account = await anAccount(db, payer.customer.id)
  const connectionId = newWireId('connection')
  await db.insert(connections).values({
    id: connectionId,
    applicationId,
    environment: 'sandbox',
    accountId: account.id,
    customerId: payer.customer.id,
    grantedBy: payer.person.id,
    grantedAt: now,
    codeHash: sha256(newHexToken()),
    codeHint: '…12345',
  })
  return { ...payer, connectionId }
}

/** Works off the notices of one transfer, two people at a time; in how many jobs. */
async function tellEverybody(applicationId: string): Promise<number> {
  for (let done = 0; ; done++) {
    const waiting = await db.execute<{ data: JobData['transfer-notices'] }>(sql`
      select data from pgboss.job where name = 'transfer-notices' and data->>'applicationId' = ${applicationId}
      order by created_on offset ${done}`)
    const [next] = waiting
    if (!next) return done
    await tellConnected(db, next.data, 2)
  }
}

async function inRole(applicationId: string, role: ApplicationRole) {
  const { personId } = await aMember(db, applicationId, role)
  return acting(personId)
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

function later<C extends Context>(ctx: C, ms: number): C {
  return { ...ctx, now: addMs(ctx.now, ms) }
}

async function actionsOf(applicationId: string) {
  const rows = await db
    .select({ action: auditEvents.action, customerId: auditEvents.customerId })
    .from(auditEvents)
    .where(eq(auditEvents.applicationId, applicationId))
    .orderBy(auditEvents.id)
  return rows.map(({ action, customerId }) => [action, customerId])
}

describe('requestTransfer', () => {
  test('offers it, tells the owners there, and changes nothing yet', async () => {
    const { giver, receiver, application, applicationId, ask } = await aScene()
    expect(await requestTransfer(giver.ctx, ask)).toEqual({ toName: 'Receiver GmbH' })
    expect(await findOfferedTransfer(giver.ctx, { applicationId })).toMatchObject({
      toName: 'Receiver GmbH',
      toVerified: false,
      requestedBy: giver.person.name,
      expiresAt: addDays(now, TRANSFER_DAYS),
    })
    expect((await readMail(db, receiver.person.email))[0]?.subject).toContain(application.name)
    expect(await listReceivedTransfers(receiver.ctx)).toMatchObject([
      { applicationName: application.name, fromName: 'Giver Srl', members: 0, liveSecrets: 1, connections: 0 },
    ])
    expect((await getApplication(giver.ctx, { applicationId })).customerId).toBe(giver.customer.id)
    expect(await reasonOf(getApplication(receiver.ctx, { applicationId }))).toBe('not-found')
    expect(await actionsOf(applicationId)).toEqual([['transfer.requested', giver.customer.id]])
  })

  test('is for owners, with step-up, and once at a time, also for many at once', async () => {
    const { giver, receiver, applicationId, ask } = await aScene()
    expect(await reasonOf(requestTransfer(await inRole(applicationId, 'admin'), ask))).toBe('permission-required')
    expect(await reasonOf(requestTransfer(receiver.ctx, ask))).toBe('not-found')
    expect(await reasonOf(requestTransfer(later(giver.ctx, 6 * MINUTE), ask))).toBe('step-up-required')
    const outcomes = await Promise.all(
      [db, replica.db, db, replica.db].map((on) => reasonOf(requestTransfer({ ...giver.ctx, db: on }, ask))),
    )
    expect(outcomes.sort()).toEqual(['done', 'transfer-under-way', 'transfer-under-way', 'transfer-under-way'])
    expect(await reasonOf(findOfferedTransfer(await inRole(applicationId, 'admin'), { applicationId }))).toBe(
      'permission-required',
    )
  })

  test('goes to a business that there is, and to another one', async () => {
    const { giver, applicationId } = await aScene()
    const person = await aPerson(db)
    const personal = await aCustomer(db, person.id, { kind: 'personal' })
    const to = (businessId: string) => reasonOf(requestTransfer(giver.ctx, { applicationId, businessId }))
    expect(await to(newId('customer'))).toBe('business-unknown')
    expect(await to(personal.id)).toBe('business-unknown')
    expect(await to(giver.customer.id)).toBe('business-same')
    expect(RequestTransferInput.safeParse({ applicationId, businessId: 'Receiver GmbH' }).success).toBe(false)
  })
})

describe('acceptTransfer', () => {
  test('gives key, secrets and team to the new owner; owners of the old side have lost it', async () => {
    const scene = await anOffer()
    const { giver, receiver, applicationId, application, offer } = scene
    const developer = await inRole(applicationId, 'developer')
    const teamOwner = await inRole(applicationId, 'owner')
    const invited = await aPerson(db)
    await inviteMember(giver.ctx, { applicationId, email: invited.email, role: 'developer' })
    expect(await acceptTransfer(receiver.ctx, offer)).toEqual({ applicationId })
    expect(await getApplication(receiver.ctx, { applicationId })).toMatchObject({
      customerId: receiver.customer.id,
      role: 'owner',
      environments: [{ clientId: application.clientId }],
    })
    expect((await getApplication(developer, { applicationId })).role).toBe('developer')
    for (const ctx of [giver.ctx, teamOwner]) {
      expect(await reasonOf(getApplication(ctx, { applicationId }))).toBe('not-found')
    }
    const token = await readToken(db, invited.email)
    expect(await reasonOf(acceptInvitation(acting(invited.id), { token }))).toBe('invitation-over')
    expect((await readMail(db, giver.person.email))[0]?.text).toContain('Receiver GmbH')
    const actions = await actionsOf(applicationId)
    expect(actions).toContainEqual(['transfer.given', giver.customer.id])
    expect(actions).toContainEqual(['transfer.accepted', receiver.customer.id])
    expect(await reasonOf(acceptTransfer(receiver.ctx, offer))).toBe('not-found')
    expect(await listReceivedTransfers(receiver.ctx)).toEqual([])
  })

  test('tells the new owners which secrets people of the old side have seen, and lists them', async () => {
    const { giver, receiver, applicationId, offer } = await anOffer()
    const { secretId } = await makeSecret(giver.ctx, { applicationId, environment: 'sandbox', lifetimeDays: undefined })
    await acceptTransfer(receiver.ctx, offer)
    const mail = (await readMail(db, receiver.person.email)).find(({ subject }) => subject.includes('were seen by'))
    expect(mail?.text).toContain(giver.person.name)
    expect(mail?.text).toContain(`/applications/${applicationId}/team#seen-by-gone`)
    expect(await listSecretsSeenByGone(receiver.ctx, { applicationId })).toMatchObject([
      { id: secretId, personId: giver.person.id },
    ])
  })

  test('is for owners there, who act for that business, with step-up, within seven days', async () => {
    const { giver, receiver, offer, applicationId } = await anOffer()
    const viewer = await aPerson(db)
    await db
      .insert(memberships)
      .values({ id: 'mem_tv', personId: viewer.id, customerId: receiver.customer.id, role: 'viewer' })
    for (const act of [acceptTransfer, refuseTransfer]) {
      expect(await reasonOf(act(acting(viewer.id, receiver.customer.id, 'viewer'), offer))).toBe('owner-required')
      // A claim to be an owner counts for nothing without the membership.
      expect(await reasonOf(act(acting(viewer.id, receiver.customer.id, 'owner'), offer))).toBe('not-found')
      expect(await reasonOf(act(giver.ctx, offer))).toBe('not-found')
      expect(await reasonOf(act((await aBusiness()).ctx, offer))).toBe('not-found')
      expect(await reasonOf(act(receiver.ctx, { transferId: newId('transfer') }))).toBe('not-found')
      expect(await reasonOf(act(later(receiver.ctx, 6 * MINUTE), offer))).toBe('step-up-required')
    }
    const then = addDays(now, TRANSFER_DAYS)
    const fresh = { ...receiver.ctx, now: then, actor: { ...receiver.ctx.actor, steppedUpAt: then } }
    expect(await reasonOf(acceptTransfer(fresh, offer))).toBe('not-found')
    expect(await listReceivedTransfers(fresh)).toEqual([])
    const again = { ...giver.ctx, now: then, actor: { ...giver.ctx.actor, steppedUpAt: then } }
    expect(await reasonOf(requestTransfer(again, { applicationId, businessId: receiver.customer.id }))).toBe('done')
  })

  test('is over once who offered it is an owner no more', async () => {
    const { giver, receiver, offer } = await anOffer()
    await db.update(memberships).set({ endedAt: now }).where(eq(memberships.personId, giver.person.id))
    expect(await reasonOf(acceptTransfer(receiver.ctx, offer))).toBe('transfer-over')
  })

  test('keeps Connections, whose owners are told and see the new name; what waits for a decision is cancelled', async () => {
    const scene = await anOffer()
    const { giver, receiver, applicationId, offer } = scene
    await db.execute(`update customers set name_verified_at = now() where id = '${receiver.customer.id}'`)
    const payers = [await aPayer(applicationId), await aPayer(applicationId), await aPayer(applicationId)]
    const [payer] = payers as [(typeof payers)[0]]
    const own = await anAccount(db, giver.customer.id)
    const waiting = await startSelfConnection(giver.ctx, {
      applicationId,
      environment: 'sandbox',
      accountId: own.id,
    })
    await acceptTransfer(receiver.ctx, offer)
    const [kept] = await db.select().from(connections).where(eq(connections.id, payer.connectionId))
    expect(kept?.revokedAt).toBeNull()
    expect((await getPublicApplication(payer.ctx, { applicationId })).ownerName).toBe('Receiver GmbH')
    expect(await tellEverybody(applicationId)).toBe(2)
    for (const { person } of payers) {
      expect((await readMail(db, person.email)).map(({ subject }) => subject)).toEqual([
        expect.stringContaining('has a new owner'),
      ])
    }
    const [ended] = await db.select().from(dispositions).where(eq(dispositions.id, waiting.dispositionId))
    expect(ended).toMatchObject({ status: 'CANCELLED', importTokenSealed: null })
    const cancelled = await db
      .select({ data: auditEvents.data })
      .from(auditEvents)
      .where(and(eq(auditEvents.applicationId, applicationId), eq(auditEvents.action, 'disposition.cancelled')))
    expect(cancelled).toEqual([{ data: { disposition: waiting.dispositionId, reason: 'transferred' } }])
  })
})

describe('an invitation that is accepted while the application changes hands', () => {
  test('makes nobody an owner of what belongs to somebody else by then', async () => {
    for (let n = 0; n < 8; n++) {
      const { giver, receiver, offer, applicationId } = await anOffer()
      const invited = await aPerson(db)
      await inviteMember(giver.ctx, { applicationId, email: invited.email, role: 'owner' })
      const token = await readToken(db, invited.email)
      await Promise.all([
        reasonOf(acceptInvitation({ ...acting(invited.id), db: replica.db }, { token })),
        acceptTransfer(receiver.ctx, offer),
      ])
      expect(await reasonOf(getApplication(acting(invited.id), { applicationId }))).toBe('not-found')
    }
  })
})

describe('cancelTransfer and refuseTransfer', () => {
  test('leave everything as it is', async () => {
    const first = await anOffer()
    expect(await reasonOf(cancelTransfer(await inRole(first.applicationId, 'admin'), first.offer))).toBe(
      'permission-required',
    )
    expect(await reasonOf(cancelTransfer(first.receiver.ctx, first.offer))).toBe('not-found')
    await cancelTransfer(first.giver.ctx, first.offer)
    expect(await reasonOf(acceptTransfer(first.receiver.ctx, first.offer))).toBe('not-found')
    expect(await findOfferedTransfer(first.giver.ctx, first)).toBeNull()
    const second = await anOffer()
    await refuseTransfer(second.receiver.ctx, second.offer)
    expect((await readMail(db, second.giver.person.email))[0]?.subject).toContain('was refused')
    expect((await getApplication(second.giver.ctx, second)).customerId).toBe(second.giver.customer.id)
    expect((await actionsOf(second.applicationId)).at(-1)).toEqual(['transfer.refused', second.giver.customer.id])
  })

  test('of acceptance, refusal and cancellation at the same moment, on two replicas, one wins', async () => {
    for (let n = 0; n < 6; n++) {
      const { giver, receiver, offer, applicationId } = await anOffer()
      const outcomes = await Promise.all([
        reasonOf(acceptTransfer({ ...receiver.ctx, db: replica.db }, offer)),
        reasonOf(cancelTransfer(giver.ctx, offer)),
        reasonOf(refuseTransfer({ ...receiver.ctx, db: replica.db }, offer)),
        reasonOf(acceptTransfer(receiver.ctx, offer)),
      ])
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
      const owned = outcomes[0] === 'done' || outcomes[3] === 'done'
      expect(await reasonOf(getApplication(receiver.ctx, { applicationId }))).toBe(owned ? 'done' : 'not-found')
    }
  })
})
