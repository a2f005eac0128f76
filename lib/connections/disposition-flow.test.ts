import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connected } from '@/db/client'
import { aCustomer, anAccount, anApplication, aPerson } from '@/db/factories'
import { applications } from '@/db/schema/applications'
import { connections } from '@/db/schema/connections'
import { customers, memberships } from '@/db/schema/customers'
import { dispositionEvidence, dispositions } from '@/db/schema/dispositions'
import { auditEvents } from '@/db/schema/partitioned'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import type { ApplicationActor } from '@/lib/context/context'
import { canonicalJson } from '@/lib/core/canonical-json'
import { isDomainError } from '@/lib/core/errors'
import { sha256 } from '@/lib/core/secrets'
import { addMs, DAY, MINUTE } from '@/lib/core/time'
import { acceptDisposition } from '@/lib/dispositions/accept-disposition'
import { cancelDisposition } from '@/lib/dispositions/cancel-disposition'
import { findDeeplink } from '@/lib/dispositions/find-deeplink'
import { getDispositionForImporter } from '@/lib/dispositions/get-disposition-for-importer'
import { getDispositionForInitiator } from '@/lib/dispositions/get-disposition-for-initiator'
import { importDisposition } from '@/lib/dispositions/import-disposition'
import { challengeOf, prepareAcceptance, statementText } from '@/lib/dispositions/prepare-acceptance'
import { refuseDisposition } from '@/lib/dispositions/refuse-disposition'
import { reportPhishing } from '@/lib/dispositions/report-phishing'
import { submitNumber } from '@/lib/dispositions/submit-number'
import { sweepDispositions } from '@/lib/dispositions/sweep-dispositions'
import { aPasskey } from '@/lib/dispositions/testing'
import { connectionOperation } from './connection-operation'
import { requestConnection } from './request-connection'
import { RequestConnectionInput } from './schema'
import { startSelfConnection } from './start-self-connection'

const database = await testDatabase()
const { db } = database
const now = new Date()

// A second replica: its own pool on the same database.
let replica: Connected
beforeAll(async () => {
  replica = await connectReplica(database.url)
})
afterAll(() => replica.close())

/** An application with its owner, and somebody with a personal account and a passkey whom it asks. */
async function aScene(options: { confirmNumber?: boolean; at?: Date; accountType?: 'personal' | 'business' } = {}) {
  const owner = await aPerson(db)
  const business = await aCustomer(db, owner.id)
  const application = await anApplication(db, business.id, { callback: 'https://shop.example/callback' })
  const payer = await aPerson(db, { name: 'Giulia Rossi' })
  const personal = await aCustomer(db, payer.id, { kind: 'personal', name: 'Giulia Rossi' })
  const account = await anAccount(db, personal.id)
  const passkey = await aPasskey(db, payer.id)
  const actor: ApplicationActor = {
    kind: 'application',
    applicationId: application.id,
    environment: 'sandbox',
    clientId: application.clientId,
    secretId: application.secretId,
    familyId: crypto.randomUUID() as never,
    connectionId: null,
  }
  const at = options.at ?? now
  const requested = await requestConnection(
    testContext(db, actor, at),
    RequestConnectionInput.parse({
      confirm_number: options.confirmNumber ?? false,
      return_url: 'https://shop.example/back?order=7',
      account_type: options.accountType,
    }),
  )
  const token = requested.deeplink.split('#')[1] as string
  return { owner, business, application, payer, personal, account, passkey, actor, requested, token }
}

type Scene = Awaited<ReturnType<typeof aScene>>
function asPerson(id: string, at: Date = now, on = db) {
  return testContext(on, personActor(id, {}, at), at)
}
async function importedBy(scene: Scene, at: Date = now) {
  return (await importDisposition(asPerson(scene.payer.id, at), { token: scene.token })).id
}
async function rowOf(id: string) {
  const [row] = await db.select().from(dispositions).where(eq(dispositions.id, id))
  if (!row) throw new Error('no row')
  return row
}
async function auditOf(subjectId: string) {
  const rows = await db
    .select({ action: auditEvents.action })
    .from(auditEvents)
    .where(eq(auditEvents.subjectId, subjectId))
    .orderBy(auditEvents.id)
  return rows.map((row) => row.action)
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
/** How many of what ran together succeeded, and why the others did not. */
async function settle(acts: Promise<unknown>[]) {
  const reasons = await Promise.all(acts.map(reasonOf))
  return { won: reasons.filter((reason) => reason === 'done').length, reasons }
}

describe('importing', () => {
  test('binds the disposition to the person, makes no number unless wanted, and gives five minutes to decide', async () => {
    const scene = await aScene()
    const id = await importedBy(scene)
    const row = await rowOf(id)
    expect(row).toMatchObject({ status: 'IMPORTED', importedBy: scene.payer.id, number: null })
    expect(row.decideUntil).toEqual(addMs(now, 5 * MINUTE))
    expect(await auditOf(scene.requested.id)).toEqual([
      'disposition.offered',
      'connection.requested',
      'disposition.imported',
    ])
  })

  test('the same person may import again and finds the same disposition', async () => {
    const scene = await aScene({ confirmNumber: true })
    const id = await importedBy(scene)
    const { number } = await rowOf(id)
    expect(await importedBy(scene, addMs(now, MINUTE))).toBe(id)
    expect((await rowOf(id)).number).toBe(number)
  })

  test('a second importer is refused, counted, and seen by the initiator', async () => {
    const scene = await aScene()
    const id = await importedBy(scene)
    const other = await aPerson(db)
    expect(await reasonOf(importDisposition(asPerson(other.id), { token: scene.token }))).toBe('already-imported')
    expect(await rowOf(id)).toMatchObject({ importedBy: scene.payer.id, refusedImports: 1 })
    expect(await auditOf(scene.requested.id)).toContain('disposition.import-refused')
  })

  test('of many who scan at once, on two replicas, exactly one gets it', async () => {
    const scene = await aScene()
    const people = await Promise.all(Array.from({ length: 8 }, () => aPerson(db)))
    const { won, reasons } = await settle(
      people.map((person, index) =>
        importDisposition(asPerson(person.id, now, index % 2 ? db : replica.db), { token: scene.token }),
      ),
    )
    expect(won).toBe(1)
    expect(reasons.filter((reason) => reason === 'already-imported')).toHaveLength(7)
    const [row] = await db.select().from(dispositions).where(eq(dispositions.subjectId, scene.requested.id))
    expect(row?.refusedImports).toBe(7)
  })

  test('an unknown, a tampered and an empty token get one and the same answer', async () => {
    const scene = await aScene()
    const flipped = (scene.token.startsWith('A') ? 'B' : 'A') + scene.token.slice(1)
    for (const token of [flipped, scene.token.slice(0, -1), '', 'x'.repeat(500), '\u0000'])
      expect(await reasonOf(importDisposition(asPerson(scene.payer.id), { token }))).toBe('import-token-unknown')
  })

  test('an expired token says so, before and after the sweep', async () => {
    const scene = await aScene()
    const late = addMs(now, 5 * MINUTE)
    const attempt = () => reasonOf(importDisposition(asPerson(scene.payer.id, late), { token: scene.token }))
    expect(await attempt()).toBe('import-token-expired')
    await sweepDispositions(db, late)
    expect(await attempt()).toBe('import-token-expired')
    expect(await auditOf(scene.requested.id)).toContain('disposition.expired')
  })

  test('a cancelled one says so', async () => {
    const scene = await aScene()
    const [row] = await db.select().from(dispositions).where(eq(dispositions.subjectId, scene.requested.id))
    await cancelDisposition(testContext(db, scene.actor, now), { id: row?.id as string })
    expect(await reasonOf(importDisposition(asPerson(scene.payer.id), { token: scene.token }))).toBe(
      'disposition-cancelled',
    )
  })

  test('a token replayed by its importer after the end shows the end and reopens nothing', async () => {
    const scene = await aScene()
    const id = await importedBy(scene)
    await refuseDisposition(asPerson(scene.payer.id), { id })
    expect(await importedBy(scene)).toBe(id)
    expect((await getDispositionForImporter(asPerson(scene.payer.id), { id })).status).toBe('REFUSED')
  })
})

describe('a self-connection', () => {
  async function aSelfScene() {
    const owner = await aPerson(db, { name: 'Marco Bianchi' })
    const business = await aCustomer(db, owner.id)
    const application = await anApplication(db, business.id)
    const account = await anAccount(db, business.id)
    const passkey = await aPasskey(db, owner.id)
    const ctx = testContext(db, personActor(owner.id, { customerId: business.id, role: 'owner' }, now), now)
    const started = await startSelfConnection(ctx, {
      applicationId: application.id,
      environment: 'sandbox',
      accountId: account.id,
    })
    const deeplink = await findDeeplink(ctx, { id: started.dispositionId })
    return { owner, business, application, account, passkey, ctx, started, token: deeplink?.split('#')[1] as string }
  }

  test('can be imported by its initiator alone; another is refused and counted', async () => {
    const scene = await aSelfScene()
    const colleague = await aPerson(db)
    await db
      .insert(memberships)
      .values({ id: `mem_${colleague.id}`, personId: colleague.id, customerId: scene.business.id, role: 'owner' })
    expect(await reasonOf(importDisposition(asPerson(colleague.id), { token: scene.token }))).toBe(
      'importer-not-initiator',
    )
    const seen = await getDispositionForInitiator(scene.ctx, { id: scene.started.dispositionId })
    expect(seen).toMatchObject({ status: 'WAITING', refusedImports: 1, number: null })
    await importDisposition(scene.ctx, { token: scene.token })
    const after = await getDispositionForInitiator(scene.ctx, { id: scene.started.dispositionId })
    expect(after).toMatchObject({ status: 'IMPORTED', importedBy: 'M•••• B••••••' })
    expect(after.number).toBeGreaterThanOrEqual(10)
  })

  test('shows its deeplink to its initiator alone, while it waits, and keeps none after the import', async () => {
    const scene = await aSelfScene()
    const ref = { id: scene.started.dispositionId }
    const stranger = await aPerson(db)
    expect(await findDeeplink(asPerson(stranger.id), ref)).toBeNull()
    expect(await findDeeplink({ ...scene.ctx, now: addMs(now, 5 * MINUTE) }, ref)).toBeNull()
    await importDisposition(scene.ctx, { token: scene.token })
    expect(await findDeeplink(scene.ctx, ref)).toBeNull()
    expect((await rowOf(ref.id)).importTokenSealed).toBeNull()
  })

  test('is invisible to others: the same 404 as a missing one', async () => {
    const scene = await aSelfScene()
    const stranger = asPerson((await aPerson(db)).id)
    const ref = { id: scene.started.dispositionId }
    const missing = { id: 'dsp_00000000000000000000' }
    for (const verb of [getDispositionForInitiator, getDispositionForImporter, cancelDisposition, refuseDisposition]) {
      expect(await reasonOf(verb(stranger, ref))).toBe('not-found')
      expect(await reasonOf(verb(stranger, missing))).toBe('not-found')
    }
  })

  test('asks for the account that was chosen, and no other', async () => {
    const scene = await aSelfScene()
    const other = await anAccount(db, scene.business.id)
    await importDisposition(scene.ctx, { token: scene.token })
    const view = await getDispositionForImporter(scene.ctx, { id: scene.started.dispositionId })
    expect(view.accounts.map((account) => account.id)).toEqual([scene.account.id])
    const prepared = await prepareAcceptance(
      scene.ctx,
      { id: scene.started.dispositionId, accountId: other.id, locale: 'en' },
      connectionOperation,
    )
    const row = await rowOf(prepared.id)
    expect(JSON.parse(row.payload as string).account.id).toBe(scene.account.id)
  })
})

describe('the number', () => {
  async function aNumberScene() {
    const scene = await aScene({ confirmNumber: true })
    const id = await importedBy(scene)
    const { number } = await rowOf(id)
    if (number === null) throw new Error('no number')
    return { ...scene, id, number, wrong: number === 99 ? 10 : number + 1 }
  }

  test('right: matched, and stays so', async () => {
    const { payer, id, number, wrong } = await aNumberScene()
    expect(await submitNumber(asPerson(payer.id), { id, number })).toEqual({ outcome: 'matched', triesLeft: 3 })
    expect(await submitNumber(asPerson(payer.id), { id, number: wrong })).toEqual({ outcome: 'matched', triesLeft: 3 })
  })

  test('wrong three times refuses the disposition', async () => {
    const { payer, id, number, wrong, requested } = await aNumberScene()
    const ctx = asPerson(payer.id)
    expect(await submitNumber(ctx, { id, number: wrong })).toEqual({ outcome: 'wrong', triesLeft: 2 })
    expect(await submitNumber(ctx, { id, number: wrong })).toEqual({ outcome: 'wrong', triesLeft: 1 })
    expect(await submitNumber(ctx, { id, number: wrong })).toEqual({ outcome: 'refused', triesLeft: 0 })
    expect(await submitNumber(ctx, { id, number })).toEqual({ outcome: 'refused', triesLeft: 0 })
    expect(await rowOf(id)).toMatchObject({ status: 'REFUSED', endReason: 'wrong-numbers', wrongNumbers: 3 })
    expect(await auditOf(requested.id)).toEqual(
      expect.arrayContaining(['disposition.number-wrong', 'disposition.refused']),
    )
  })

  test('every number tried at once, on two replicas, is three tries', async () => {
    const { payer, id, number } = await aNumberScene()
    const wrongs = Array.from({ length: 90 }, (_, index) => index + 10)
      .filter((one) => one !== number)
      .slice(0, 20)
    const outcomes = await Promise.all(
      wrongs.map((one, index) =>
        submitNumber(asPerson(payer.id, now, index % 2 ? db : replica.db), { id, number: one }),
      ),
    )
    expect(outcomes.filter((one) => one.outcome === 'wrong')).toHaveLength(2)
    expect(await rowOf(id)).toMatchObject({ status: 'REFUSED', wrongNumbers: 3 })
  })

  test('missing: no acceptance', async () => {
    const { payer, id, passkey, account } = await aNumberScene()
    const ctx = asPerson(payer.id)
    const prepared = await prepareAcceptance(ctx, { id, accountId: account.id, locale: 'en' }, connectionOperation)
    const assertion = passkey.assert(prepared.options.challenge)
    expect(await reasonOf(acceptDisposition(ctx, { id, assertion }, connectionOperation))).toBe('number-missing')
  })
})

describe('accepting', () => {
  async function aPreparedScene(options: Parameters<typeof aScene>[0] = {}) {
    const scene = await aScene(options)
    const id = await importedBy(scene)
    const prepared = await prepareAcceptance(
      asPerson(scene.payer.id),
      { id, accountId: scene.account.id, locale: 'it' },
      connectionOperation,
    )
    return { ...scene, id, prepared, assertion: scene.passkey.assert(prepared.options.challenge) }
  }
  type Prepared = Awaited<ReturnType<typeof aPreparedScene>>
  function accept(scene: Prepared, at: Date = now, on = db) {
    return acceptDisposition(
      asPerson(scene.payer.id, at, on),
      { id: scene.id, assertion: scene.assertion },
      connectionOperation,
    )
  }

  test('grants the Connection, keeps the evidence, and leads back to the application', async () => {
    const scene = await aPreparedScene()
    const settled = await accept(scene)
    expect(settled).toEqual({
      id: scene.id,
      status: 'GRANTED',
      returnTo: `https://shop.example/back?order=7&id=${scene.requested.id}&status=GRANTED`,
    })
    const [connection] = await db.select().from(connections).where(eq(connections.id, scene.requested.id))
    expect(connection).toMatchObject({
      accountId: scene.account.id,
      customerId: scene.personal.id,
      grantedBy: scene.payer.id,
      authTime: now,
      amr: ['hwk', 'user', 'mfa'],
    })
    const [evidence] = await db
      .select()
      .from(dispositionEvidence)
      .where(eq(dispositionEvidence.dispositionId, scene.id))
    expect(evidence).toMatchObject({
      personId: scene.payer.id,
      passkeyId: scene.passkey.id,
      locale: 'it',
      backedUp: false,
    })
    expect(evidence?.renderedText).toBe(statementText(scene.prepared.statement))
    expect(evidence?.assertion).toEqual(scene.assertion)
    expect(await auditOf(scene.requested.id)).toEqual([
      'disposition.offered',
      'connection.requested',
      'disposition.imported',
      'connection.granted',
      'disposition.accepted',
    ])
  })

  test('what is signed is RFC 8785 text that names everything, and the challenge covers it and the nonce', async () => {
    const scene = await aPreparedScene()
    const { payload, nonce, renderedText } = await rowOf(scene.id)
    const signed = JSON.parse(payload as string)
    expect(canonicalJson(signed)).toBe(payload)
    expect(signed).toMatchObject({
      disposition: scene.id,
      operation: 'connection',
      subject: scene.requested.id,
      person: scene.payer.id,
      environment: 'sandbox',
      application: { id: scene.application.id, name: scene.application.name, owner_name: null, owner_verified: false },
      account: { id: scene.account.id },
      until: null,
      locale: 'it',
      text_sha256: sha256(renderedText as string).toString('base64url'),
    })
    expect(nonce).toHaveLength(32)
    expect(scene.prepared.options.challenge).toBe(challengeOf(payload as string, nonce as Buffer).toString('base64url'))
  })

  test('the owner is named only once an operator has verified the name', async () => {
    const scene = await aScene()
    const id = await importedBy(scene)
    const view = () => getDispositionForImporter(asPerson(scene.payer.id), { id })
    expect((await view()).application).toMatchObject({ ownerName: null, ownerVerified: false })
    await db.update(customers).set({ nameVerifiedAt: now }).where(eq(customers.id, scene.business.id))
    expect((await view()).application).toMatchObject({ ownerName: scene.business.name, ownerVerified: true })
  })

  test('a signature over an earlier preparation is worth nothing', async () => {
    const scene = await aPreparedScene()
    await prepareAcceptance(
      asPerson(scene.payer.id),
      { id: scene.id, accountId: scene.account.id, locale: 'en' },
      connectionOperation,
    )
    expect(await reasonOf(accept(scene))).toBe('acceptance-not-prepared')
    for (const said of ['not JSON', 'null', '{"challenge":1}']) {
      const assertion = scene.passkey.assert(scene.prepared.options.challenge)
      assertion.response.clientDataJSON = Buffer.from(said).toString('base64url')
      expect(await reasonOf(accept({ ...scene, assertion }))).toBe('acceptance-not-prepared')
    }
    expect((await rowOf(scene.id)).status).toBe('IMPORTED')
  })

  test('another person’s passkey, one without user verification and one from another origin are refused', async () => {
    const scene = await aPreparedScene()
    const { challenge } = scene.prepared.options
    const foreign = await aPasskey(db, (await aPerson(db)).id)
    for (const assertion of [
      foreign.assert(challenge),
      scene.passkey.assert(challenge, { verified: false }),
      scene.passkey.assert(challenge, { origin: 'https://evil.example' }),
    ]) {
      expect(await reasonOf(accept({ ...scene, assertion }))).toBe('passkey-refused')
      expect((await auditOf(scene.requested.id)).at(-1)).toBe('disposition.accept-refused')
    }
    expect((await rowOf(scene.id)).status).toBe('IMPORTED')
  })

  test('a passkey that is too new is left out, explained, and refused all the same', async () => {
    const scene = await aScene()
    const id = await importedBy(scene)
    const acceptsFrom = addMs(now, DAY)
    const young = await aPasskey(db, scene.payer.id, { acceptsFrom, name: 'New phone' })
    const ctx = asPerson(scene.payer.id)
    const prepared = await prepareAcceptance(
      ctx,
      { id, accountId: scene.account.id, locale: 'en' },
      connectionOperation,
    )
    expect(prepared.options.allowCredentials.map((one) => one.id)).toEqual([scene.passkey.credentialId])
    expect(prepared.notYet).toEqual([{ name: 'New phone', acceptsFrom }])
    const assertion = young.assert(prepared.options.challenge)
    expect(await reasonOf(acceptDisposition(ctx, { id, assertion }, connectionOperation))).toBe('passkey-too-new')
    expect((await auditOf(scene.requested.id)).at(-1)).toBe('disposition.accept-refused')
  })

  test('is too late when the five minutes are over, sweep or not', async () => {
    const scene = await aPreparedScene()
    expect(await reasonOf(accept(scene, addMs(now, 5 * MINUTE)))).toBe('disposition-ended')
    expect(
      (await getDispositionForImporter(asPerson(scene.payer.id, addMs(now, 5 * MINUTE)), { id: scene.id })).status,
    ).toBe('EXPIRED')
  })

  test('sent many times at once, on two replicas, grants exactly once', async () => {
    const scene = await aPreparedScene()
    const { won, reasons } = await settle(
      Array.from({ length: 8 }, (_, index) => accept(scene, now, index % 2 ? db : replica.db)),
    )
    expect(won).toBe(1)
    expect(new Set(reasons.filter((reason) => reason !== 'done'))).toEqual(new Set(['disposition-ended']))
    const granted = await db
      .select({ id: auditEvents.id })
      .from(auditEvents)
      .where(and(eq(auditEvents.subjectId, scene.requested.id), eq(auditEvents.action, 'connection.granted')))
    expect(granted).toHaveLength(1)
  })

  test('and cancelling at once: one of the two happens, never both, never neither', async () => {
    for (let round = 0; round < 6; round++) {
      const scene = await aPreparedScene()
      const cancel = cancelDisposition(testContext(replica.db, scene.actor, now), { id: scene.id })
      const { won } = await settle(round % 2 ? [cancel, accept(scene)] : [accept(scene), cancel])
      expect(won).toBe(1)
      const { status } = await rowOf(scene.id)
      const [connection] = await db.select().from(connections).where(eq(connections.id, scene.requested.id))
      expect(connection?.grantedAt !== null).toBe(status === 'GRANTED')
      expect(['GRANTED', 'CANCELLED']).toContain(status)
    }
  })

  test('and refusing at once: exactly one happens', async () => {
    const scene = await aPreparedScene()
    const refusal = refuseDisposition(asPerson(scene.payer.id, now, replica.db), { id: scene.id })
    expect((await settle([accept(scene), refusal])).won).toBe(1)
  })

  test('undoes itself when the account, the role or the application changed meanwhile', async () => {
    const left = await aPreparedScene()
    await db.update(memberships).set({ endedAt: now }).where(eq(memberships.customerId, left.personal.id))
    const stopped = await aPreparedScene()
    await db.update(applications).set({ suspendedAt: now }).where(eq(applications.id, stopped.application.id))
    for (const scene of [left, stopped]) {
      expect(await reasonOf(accept(scene))).toBe('grant-impossible')
      expect((await rowOf(scene.id)).status).toBe('IMPORTED')
      expect(await auditOf(scene.requested.id)).not.toContain('disposition.accepted')
    }
  })

  test('offers accounts that the person owns, of the wanted kind, in the application’s environment', async () => {
    const scene = await aScene({ accountType: 'personal' })
    const business = await aCustomer(db, scene.payer.id)
    await anAccount(db, business.id)
    const viewed = await aCustomer(db, scene.payer.id, { kind: 'personal' }, 'viewer')
    const notMine = await anAccount(db, viewed.id)
    await anAccount(db, scene.personal.id, { environment: 'production' })
    const id = await importedBy(scene)
    const ctx = asPerson(scene.payer.id)
    const view = await getDispositionForImporter(ctx, { id })
    expect(view.accounts.map((account) => account.id)).toEqual([scene.account.id])
    for (const accountId of [notMine.id, 'acc_00000000000000000000', undefined]) {
      expect(await reasonOf(prepareAcceptance(ctx, { id, accountId, locale: 'en' }, connectionOperation))).toBe(
        'account-required',
      )
    }
  })
})

describe('refusing and reporting', () => {
  test('refusing twice is one refusal; refusing after the grant is a conflict', async () => {
    const scene = await aScene()
    const id = await importedBy(scene)
    const first = await refuseDisposition(asPerson(scene.payer.id), { id })
    expect(await refuseDisposition(asPerson(scene.payer.id), { id })).toEqual(first)
    expect(first.returnTo).toBe(`https://shop.example/back?order=7&id=${scene.requested.id}&status=REFUSED`)
    expect((await auditOf(scene.requested.id)).filter((action) => action === 'disposition.refused')).toHaveLength(1)
  })

  test('a report refuses what the reporter has open from that application, nothing else, and mails each operator once a day', async () => {
    const operator = await aPerson(db, { operatorSince: now })
    const scene = await aScene()
    const id = await importedBy(scene)
    const again = await requestConnection(testContext(db, scene.actor, now), RequestConnectionInput.parse({}))
    const second = await importDisposition(asPerson(scene.payer.id), { token: again.deeplink.split('#')[1] as string })
    const bystander = await aPerson(db)
    const theirs = await requestConnection(testContext(db, scene.actor, now), RequestConnectionInput.parse({}))
    const other = await importDisposition(asPerson(bystander.id), { token: theirs.deeplink.split('#')[1] as string })

    expect(await reportPhishing(asPerson(scene.payer.id), { id })).toEqual({ refused: 2 })
    expect(await reportPhishing(asPerson(scene.payer.id), { id })).toEqual({ refused: 0 })
    expect(await rowOf(id)).toMatchObject({ status: 'REFUSED', endReason: 'phishing' })
    expect((await rowOf(second.id)).status).toBe('REFUSED')
    expect((await rowOf(other.id)).status).toBe('IMPORTED')
    const mails = await database.sql<{ data: { to: string } }[]>`select data from pgboss.job where name = 'mail'`
    expect(mails.filter((mail) => mail.data.to === operator.email)).toHaveLength(1)
    expect(await auditOf(scene.requested.id)).toContain('phishing.reported')
  })
})

describe('the sweep', () => {
  test('on two replicas at once settles each disposition once', async () => {
    const scenes = await Promise.all(Array.from({ length: 6 }, () => aScene({ at: addMs(now, -20 * MINUTE) })))
    await Promise.all([sweepDispositions(db, now), sweepDispositions(replica.db, now)])
    for (const scene of scenes) {
      const actions = await auditOf(scene.requested.id)
      expect(actions.filter((action) => action === 'disposition.expired')).toHaveLength(1)
    }
  })
})
