import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aCustomer, aMember, anApplication, aPerson } from '@/db/factories'
import { applicationEnvironments } from '@/db/schema/applications'
import { certificateChains, chainCertificates } from '@/db/schema/certificates'
import { cores } from '@/db/schema/credentials'
import { auditEvents } from '@/db/schema/partitioned'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { listEventsOfApplication } from '@/lib/applications/list-events-of-application'
import { approveRequest } from '@/lib/approvals/decide-approval'
import { getFourEyes } from '@/lib/approvals/list-approvals'
import { setFourEyes } from '@/lib/approvals/set-four-eyes'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { newHexToken } from '@/lib/core/secrets'
import { addDays, addMs, HOUR, MINUTE } from '@/lib/core/time'
import { createCore } from '@/lib/credentials/create-core'
import { readMail } from '@/lib/people/testing/read-mail'
import { addAnchor } from './add-anchor'
import { trustStoreVersion } from './bump-trust-store'
import { AddAnchorInput, CHAIN_LIMIT, SubmitChainInput } from './chain-schema'
import { changeMtls } from './change-mtls'
import { checkSubmission } from './check-submission'
import { sweepChains } from './close-one-way'
import { getChain } from './get-chain'
import { listChains } from './list-chains'
import { removeAnchor } from './remove-anchor'
import { approveChain, refuseChain } from './review-chain'
import { revokeChain } from './revoke-chain'
import { scheduleChain } from './schedule-chain'
import { submitChain } from './submit-chain'
import { anAuthority, issueChain } from './testing/issue-chain'

const { db } = await testDatabase()
const NOW = new Date()
const operator = testContext(db, { kind: 'operator' as const, name: 'cli' }, NOW)
const authority = anAuthority(NOW)
const unknown = anAuthority(NOW, 'Unknown Trust')
await addAnchor(operator, AddAnchorInput.parse({ bytes: authority.root }))
const KEY_BLOCK =
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n'

async function aSetting(role: 'owner' | 'viewer' = 'owner') {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id, {}, role)
  const application = await anApplication(db, customer.id)
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role }, NOW), NOW)
  const place = { applicationId: application.id, environment: 'sandbox' as const }
  const submit = (chain: string, rest: Record<string, string> = {}) =>
    submitChain(ctx, SubmitChainInput.parse({ ...place, chain, ...rest }))
  return { ctx, person, application, place, submit }
}

/** Later, and with a fresh proof then. */
function later(ctx: Context, ms: number): Context {
  const now = addMs(ctx.now, ms)
  if (ctx.actor.kind !== 'person') return { ...ctx, now }
  return { ...ctx, now, actor: { ...ctx.actor, steppedUpAt: now } }
}

async function requiresMtls({ applicationId, environment }: { applicationId: string; environment: string }) {
  const [row] = await db
    .select({ required: applicationEnvironments.mtlsRequired })
    .from(applicationEnvironments)
    .where(
      and(
        eq(applicationEnvironments.applicationId, applicationId),
        eq(applicationEnvironments.environment, environment),
      ),
    )
  return row?.required
}

async function actionsAbout(subjectId: string) {
  const rows = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, subjectId)).orderBy(auditEvents.id)
  return rows.map(({ action }) => action)
}

const leafOf = (pem: string) => new X509Certificate(pem).raw

async function stored(applicationId: string) {
  return db
    .select({ id: certificateChains.id, report: certificateChains.report })
    .from(certificateChains)
    .where(eq(certificateChains.applicationId, applicationId))
}

function atMinute(ctx: Context, ms: number): string {
  return addMs(ctx.now, ms).toISOString()
}

describe('submitChain', () => {
  test('an accepted chain is active at once, kept as canonical DER, and written down', async () => {
    const { ctx, submit, person } = await aSetting()
    const before = await trustStoreVersion(db)
    const chain = issueChain(authority, NOW)
    const { certificateId, state, report } = await submit(`a note outside the blocks\r\n${chain}`)
    expect({ state, verdict: report.verdict }).toEqual({ state: 'active', verdict: 'accept' })
    const found = await getChain(ctx, { certificateId: certificateId as string })
    expect(found).toMatchObject({ state: 'active', submittedBy: person.name, endsAt: null })
    expect(found.certificates).toHaveLength(2)
    expect(found.certificates[1]?.der.equals(authority.root)).toBe(true)
    expect(found.sha256).toBe(found.certificates[0]?.sha256)
    const rows = await db
      .select()
      .from(chainCertificates)
      .where(eq(chainCertificates.chainId, certificateId as string))
    expect(JSON.stringify(rows)).not.toContain('a note')
    expect(await trustStoreVersion(db)).toBe(before + 1)
    expect(await actionsAbout(certificateId as string)).toEqual(['certificate.submitted'])
  })

  test('a rejected chain leaves nothing but the codes in the audit', async () => {
    const { submit, application } = await aSetting()
    const before = await trustStoreVersion(db)
    const outcome = await submit('nothing of a certificate')
    expect(outcome).toMatchObject({ certificateId: null, state: null, report: { verdict: 'reject' } })
    expect(await stored(application.id)).toEqual([])
    expect(await trustStoreVersion(db)).toBe(before)
    expect(await actionsAbout(application.id)).toEqual(['certificate.rejected'])
  })

  test('a private key: nothing is stored, the audit has the refusal and no content', async () => {
    const { ctx, submit, application, place } = await aSetting()
    const chain = issueChain(authority, NOW) + KEY_BLOCK
    const outcome = await submit(chain)
    expect(outcome.report.findings.map(({ code }) => code)).toContain('private-key')
    expect(await stored(application.id)).toEqual([])
    const events = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, application.id))
    expect(events.map(({ action }) => action)).toEqual(['certificate.private-key-refused'])
    expect(JSON.stringify([events.map(({ data }) => data), outcome])).not.toContain('MC4CAQAw')
    const checked = await checkSubmission(ctx, { ...place, chain })
    expect(checked.chain).toBeNull()
    expect(JSON.stringify(checked)).not.toContain('MC4CAQAw')
  })

  test('needs the right to submit, a fresh proof, and the right tenant', async () => {
    const { ctx, submit, place } = await aSetting()
    const chain = issueChain(authority, NOW)
    const late = { ...ctx, now: addMs(NOW, 6 * MINUTE) }
    const input = SubmitChainInput.parse({ ...place, chain })
    await expect(submitChain(late, input)).rejects.toMatchObject({ reason: 'step-up-required' })
    const viewer = await aSetting('viewer')
    await expect(viewer.submit(chain)).rejects.toMatchObject({ reason: 'permission-required' })
    await expect(submitChain(ctx, { ...input, applicationId: viewer.application.id })).rejects.toMatchObject({
      kind: 'not-found',
    })
    await expect(submitChain(ctx, { ...input, applicationId: newId('application') })).rejects.toMatchObject({
      kind: 'not-found',
    })
    await expect(submitChain(ctx, { ...input, environment: 'production' })).rejects.toMatchObject({ kind: 'not-found' })
    await expect(checkSubmission(viewer.ctx, { ...viewer.place, chain })).rejects.toMatchObject({ kind: 'forbidden' })
    expect((await submit(chain)).state).toBe('active')
  })

  test('checks and submissions are limited by person and by application, and a refusal beyond leaves no row', async () => {
    const { ctx, submit, application, place, person } = await aSetting()
    const check = () => checkSubmission(ctx, { ...place, chain: 'nothing' })
    for (let number = 0; number < 59; number++) await check()
    await submit('nothing of a certificate')
    await expect(check()).rejects.toMatchObject({ reason: 'too-many-checks', kind: 'rate-limited' })
    await expect(submit('nothing of a certificate')).rejects.toMatchObject({ reason: 'too-many-checks' })
    expect(await actionsAbout(application.id)).toEqual(['certificate.rejected'])
    const other = await anApplication(db, (ctx.actor as { customerId: string }).customerId)
    await expect(checkSubmission(ctx, { ...place, applicationId: other.id, chain: 'x' })).rejects.toMatchObject({
      reason: 'too-many-checks',
    })
    expect(person.id).not.toBe('')
    expect((await checkSubmission(later(ctx, 11 * MINUTE), { ...place, chain: 'x' })).report.verdict).toBe('reject')
  })

  test('the list has those that count first, however old they are', async () => {
    const { ctx, submit, place } = await aSetting()
    const old = await submit(issueChain(authority, NOW))
    const [row] = await db
      .select()
      .from(certificateChains)
      .where(eq(certificateChains.id, old.certificateId as string))
    const over = Array.from({ length: 205 }, () => ({
      ...(row as typeof certificateChains.$inferSelect),
      id: newId('chain'),
      leafSha256: randomBytes(32),
      submittedAt: addMs(NOW, HOUR),
      revokedAt: NOW,
      revokedReason: 'replaced' as const,
    }))
    await db.insert(certificateChains).values(over)
    expect((await listChains(ctx, place))[0]?.id).toBe(old.certificateId)
  })

  test('of many submissions of one chain at once, one is stored', async () => {
    const { submit, application } = await aSetting()
    const chain = issueChain(authority, NOW)
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map(() => submit(chain)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'certificate-exists' })
    }
    expect(await stored(application.id)).toHaveLength(1)
  })

  test('of many applications with one key at once, one has it; it may have a second certificate for it', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
    const settings = await Promise.all([1, 2, 3, 4].map(() => aSetting()))
    const outcomes = await Promise.all(settings.map(({ submit }) => submit(issueChain(authority, NOW, { key }))))
    const winners = outcomes.flatMap(({ certificateId }, index) => (certificateId ? [index] : []))
    expect(winners).toHaveLength(1)
    for (const { certificateId, report } of outcomes) {
      if (certificateId) continue
      expect(report.verdict).toBe('reject')
      expect(report.findings[0]).toMatchObject({ code: 'key-registered', severity: 'error' })
    }
    const winner = settings[winners[0] as number]
    expect((await winner?.submit(issueChain(authority, NOW, { key })))?.state).toBe('active')
    const other = settings[winners[0] === 0 ? 1 : 0]
    const again = await other?.submit(issueChain(authority, NOW, { key }))
    expect(again).toMatchObject({ certificateId: null, report: { verdict: 'reject' } })
  })

  test('the certificate of a core is no application’s, also where both come at once; once the core has ended it may be', async () => {
    const operator = testContext(db, { kind: 'operator', name: 'test' } as const)
    const makeCore = (certificate: Buffer) => createCore(operator, { name: newHexToken(), certificate })
    const { submit, application } = await aSetting()
    const taken = issueChain(authority, NOW)
    const { coreId } = await makeCore(leafOf(taken))
    const refused = await submit(taken)
    expect(refused).toMatchObject({ certificateId: null, report: { verdict: 'reject' } })
    expect(refused.report.findings[0]).toMatchObject({ code: 'key-registered', severity: 'error' })
    expect(await stored(application.id)).toEqual([])
    await db.update(cores).set({ revokedAt: NOW }).where(eq(cores.id, coreId))
    expect((await submit(taken)).state).toBe('active')
    for (let n = 0; n < 5; n += 1) {
      const chain = issueChain(authority, NOW)
      const [core, submitted] = await Promise.allSettled([makeCore(leafOf(chain)), submit(chain)])
      const isStored = submitted.status === 'fulfilled' && submitted.value.certificateId !== null
      expect(isStored).toBe(core.status === 'rejected')
    }
  })

  test('a revoked certificate does not come back', async () => {
    const { ctx, submit } = await aSetting()
    const chain = issueChain(authority, NOW)
    const { certificateId } = await submit(chain)
    await revokeChain(ctx, { certificateId: certificateId as string, reason: 'key-compromised' })
    await expect(submit(chain)).rejects.toMatchObject({ reason: 'certificate-exists' })
  })

  test('of many at once as many are stored as the limit allows', async () => {
    const { submit, application } = await aSetting()
    const chains = Array.from({ length: CHAIN_LIMIT + 3 }, () => issueChain(authority, NOW))
    const outcomes = await Promise.allSettled(chains.map((chain) => submit(chain)))
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(3)
    expect(await stored(application.id)).toHaveLength(CHAIN_LIMIT)
  })

  test('moments that make no sense are refused by their field', async () => {
    const { ctx, submit } = await aSetting()
    const chain = issueChain(authority, NOW)
    const scheduled = { start: 'later', startsAt: atMinute(ctx, HOUR) }
    await expect(submit(chain, { start: 'later' })).rejects.toMatchObject({ field: 'startsAt' })
    await expect(submit(chain, { ...scheduled, startsAt: atMinute(ctx, -HOUR) })).rejects.toMatchObject({
      field: 'startsAt',
    })
    await expect(
      submit(chain, { ...scheduled, others: 'end', replacesAt: atMinute(ctx, MINUTE) }),
    ).rejects.toMatchObject({
      field: 'replacesAt',
    })
    await expect(submit(chain, { ...scheduled, closesOneWayAt: atMinute(ctx, MINUTE) })).rejects.toMatchObject({
      field: 'closesOneWayAt',
    })
    expect(SubmitChainInput.safeParse({ applicationId: 'app_x', startsAt: '2026-13-40T99:00' }).success).toBe(false)
  })

  test('nothing is planned for after the end of the chain itself, and a start does not move its cut-over there', async () => {
    const { ctx, submit, place } = await aSetting()
    await submit(issueChain(authority, NOW))
    const chain = issueChain(authority, NOW, { days: 10 })
    const end = addDays(NOW, 10).toISOString()
    const later = { start: 'later', startsAt: atMinute(ctx, 24 * HOUR) }
    for (const [plan, field, reason] of [
      [{ start: 'later', startsAt: addDays(NOW, 11).toISOString() }, 'startsAt', 'start-late'],
      [{ others: 'end', replacesAt: addDays(NOW, 11).toISOString() }, 'replacesAt', 'cut-over-late'],
      [{ closesOneWayAt: addDays(NOW, 11).toISOString() }, 'closesOneWayAt', 'closing-late'],
    ] as const) {
      await expect(submit(chain, plan)).rejects.toMatchObject({ field, reason })
    }
    const planned = await submit(chain, { ...later, others: 'end', replacesAt: addDays(NOW, 9).toISOString() })
    const certificateId = planned.certificateId as string
    const move = (days: number) => scheduleChain(ctx, { certificateId, change: 'start', moment: addDays(NOW, days) })
    await expect(move(3)).rejects.toMatchObject({ reason: 'schedule-refused' })
    await expect(scheduleChain(ctx, { certificateId, change: 'end', moment: addDays(NOW, 12) })).rejects.toMatchObject({
      reason: 'schedule-refused',
    })
    expect((await move(1.5)).state).toBe('scheduled')
    expect((await listChains(ctx, place)).some(({ notAfter }) => notAfter.toISOString() > end)).toBe(true)
  })
})

describe('rotation', () => {
  test('the new chain starts when chosen; at the cut-over the old one ends, and both count until then', async () => {
    const { ctx, submit, place } = await aSetting()
    const old = await submit(issueChain(authority, NOW))
    const next = await submit(issueChain(authority, NOW), {
      start: 'later',
      startsAt: atMinute(ctx, HOUR),
      others: 'end',
      replacesAt: atMinute(ctx, 3 * HOUR),
    })
    const statesAt = async (ms: number) => {
      const chains = await listChains(later(ctx, ms), place)
      return [old, next].map(({ certificateId }) => chains.find(({ id }) => id === certificateId)?.state)
    }
    expect(await statesAt(0)).toEqual(['ending', 'scheduled'])
    expect(await statesAt(2 * HOUR)).toEqual(['ending', 'active'])
    expect(await statesAt(3 * HOUR)).toEqual(['superseded', 'active'])
    expect(await actionsAbout(old.certificateId as string)).toEqual(['certificate.submitted', 'certificate.end-set'])
  })

  test('a cut-over moves with the start of the chain that replaces, and goes with its revocation', async () => {
    const { ctx, submit } = await aSetting()
    const old = (await submit(issueChain(authority, NOW))).certificateId as string
    const next = await submit(issueChain(authority, NOW), {
      start: 'later',
      startsAt: atMinute(ctx, HOUR),
      others: 'end',
      replacesAt: atMinute(ctx, 3 * HOUR),
    })
    const certificateId = next.certificateId as string
    await scheduleChain(ctx, { certificateId, change: 'start', moment: addMs(NOW, 5 * HOUR) })
    expect((await getChain(ctx, { certificateId: old })).endsAt).toEqual(addMs(NOW, 7 * HOUR))
    await revokeChain(ctx, { certificateId, reason: 'replaced' })
    expect(await getChain(ctx, { certificateId: old })).toMatchObject({ state: 'active', endsAt: null })
    expect(await actionsAbout(old)).toEqual([
      'certificate.submitted',
      'certificate.end-set',
      'certificate.end-set',
      'certificate.end-lifted',
    ])
  })

  test('an end that somebody chose, or that has come, outlives the revocation of the replacement', async () => {
    const { ctx, submit } = await aSetting()
    const ended = (await submit(issueChain(authority, NOW))).certificateId as string
    const next = await submit(issueChain(authority, NOW), { others: 'end', replacesAt: atMinute(ctx, HOUR) })
    const chosen = (await submit(issueChain(authority, NOW))).certificateId as string
    await scheduleChain(ctx, { certificateId: chosen, change: 'end', moment: addMs(NOW, 3 * HOUR) })
    const after = later(ctx, 2 * HOUR)
    await revokeChain(after, { certificateId: next.certificateId as string, reason: 'replaced' })
    expect((await getChain(after, { certificateId: ended })).state).toBe('superseded')
    expect((await getChain(after, { certificateId: chosen })).endsAt).toEqual(addMs(NOW, 3 * HOUR))
  })

  test('what an invited member and an operator do is in the history of the application, for its owner', async () => {
    const { ctx, submit, application, place } = await aSetting()
    const { personId } = await aMember(db, application.id, 'admin')
    const member = testContext(db, personActor(personId, {}, NOW), NOW)
    const { certificateId } = await submitChain(
      member,
      SubmitChainInput.parse({ ...place, chain: issueChain(unknown, NOW) }),
    )
    await refuseChain(operator, { certificateId: certificateId as string })
    await submit(issueChain(authority, NOW))
    const events = await listEventsOfApplication(ctx, {
      applicationId: application.id,
      subjectId: certificateId as string,
    })
    expect(events.map(({ action }) => action)).toEqual(['certificate.refused', 'certificate.submitted'])
    const rows = await db.select().from(auditEvents).where(eq(auditEvents.applicationId, application.id))
    expect(new Set(rows.map(({ customerId }) => customerId))).toEqual(new Set([application.customerId]))
  })

  test('an end is taken back until it has come, and not after', async () => {
    const { ctx, submit, place } = await aSetting()
    const { certificateId } = await submit(issueChain(authority, NOW))
    const id = certificateId as string
    await scheduleChain(ctx, { certificateId: id, change: 'end', moment: addMs(NOW, HOUR) })
    expect((await getChain(ctx, { certificateId: id })).state).toBe('ending')
    await scheduleChain(ctx, { certificateId: id, change: 'keep' })
    expect((await listChains(ctx, place))[0]).toMatchObject({ state: 'active', endsAt: null })
    await scheduleChain(ctx, { certificateId: id, change: 'end' })
    expect((await getChain(ctx, { certificateId: id })).state).toBe('superseded')
    await expect(scheduleChain(ctx, { certificateId: id, change: 'keep' })).rejects.toMatchObject({
      reason: 'schedule-refused',
    })
    expect(await actionsAbout(id)).toEqual([
      'certificate.submitted',
      'certificate.end-set',
      'certificate.end-lifted',
      'certificate.end-set',
    ])
  })

  test('in production under four eyes, submitting and moving wait for a second member; ending does not', async () => {
    await addAnchor(operator, AddAnchorInput.parse({ bytes: authority.root, environment: 'production' }))
    const person = await aPerson(db)
    const customer = await aCustomer(db, person.id)
    const application = await anApplication(db, customer.id, { environment: 'production' })
    const ctx = testContext(db, personActor(person.id, { customerId: customer.id }, NOW), NOW)
    const { personId } = await aMember(db, application.id, 'admin')
    const second = testContext(db, personActor(personId, {}, NOW), NOW)
    const place = { applicationId: application.id, environment: 'production' as const }
    const approveFirst = async () => {
      const { requests } = await getFourEyes(second, place)
      const waiting = requests.find(({ state }) => state === 'waiting')
      await approveRequest(second, { requestId: waiting?.id ?? '' })
      return waiting?.subject
    }
    await setFourEyes(ctx, { ...place, on: 'on' })
    const chain = issueChain(authority, NOW)
    const later = { start: 'later', startsAt: addMs(NOW, HOUR).toISOString() }
    const submit = () => submitChain(ctx, SubmitChainInput.parse({ ...place, chain, ...later }))
    await expect(submit()).rejects.toMatchObject({ reason: 'second-member-required' })
    expect(await stored(application.id)).toEqual([])
    expect(await approveFirst()).toMatch(
      new RegExp(`^SHA-256 [0-9a-f]{64}, start ${later.startsAt}, others stay, mutual TLS required when it starts$`),
    )
    // The approval is of this plan alone.
    const atOnce = submitChain(ctx, SubmitChainInput.parse({ ...place, chain, others: 'end' }))
    await expect(atOnce).rejects.toMatchObject({ reason: 'second-member-required' })
    expect(await approveFirst()).toMatch(
      /, start at once, others end when it starts, mutual TLS required when it starts$/,
    )
    const certificateId = (await submit()).certificateId as string
    const start = () => scheduleChain(ctx, { certificateId, change: 'start' })
    await expect(start()).rejects.toMatchObject({ reason: 'second-member-required' })
    expect(await approveFirst()).toBe(`${certificateId}: start at once`)
    expect((await start()).state).toBe('active')
    const turn = (required: 'on' | 'off') => changeMtls(ctx, { ...place, required })
    for (const [required, words] of [
      ['on', 'required'],
      ['off', 'optional'],
    ] as const) {
      await expect(turn(required)).rejects.toMatchObject({ reason: 'second-member-required' })
      expect(await requiresMtls(place)).toBe(required === 'off')
      expect(await approveFirst()).toBe(`mutual TLS ${words}`)
      await turn(required)
      expect(await requiresMtls(place)).toBe(required === 'on')
    }
    expect((await scheduleChain(ctx, { certificateId, change: 'end' })).state).toBe('superseded')
  })

  test('a start moves until it has come; strangers and viewers move nothing', async () => {
    const { ctx, submit } = await aSetting()
    const scheduled = await submit(issueChain(authority, NOW), { start: 'later', startsAt: atMinute(ctx, HOUR) })
    const id = scheduled.certificateId as string
    const stranger = await aSetting()
    const move = { certificateId: id, change: 'start' as const }
    await expect(scheduleChain(stranger.ctx, move)).rejects.toMatchObject({ kind: 'not-found' })
    const stale = { ...ctx, now: addMs(NOW, 6 * MINUTE) }
    await expect(scheduleChain(stale, move)).rejects.toMatchObject({ reason: 'step-up-required' })
    await expect(scheduleChain(ctx, { ...move, moment: addDays(NOW, 400) })).rejects.toMatchObject({
      reason: 'schedule-refused',
    })
    expect(await scheduleChain(ctx, move)).toMatchObject({ state: 'active' })
    await expect(scheduleChain(ctx, move)).rejects.toMatchObject({ reason: 'schedule-refused' })
  })
})

describe('revokeChain', () => {
  test('is idempotent, needs no fresh proof, and ends the chain at once', async () => {
    const { ctx, submit } = await aSetting()
    const { certificateId } = await submit(issueChain(authority, NOW))
    const id = certificateId as string
    const before = await trustStoreVersion(db)
    const late = { ...ctx, now: addMs(NOW, HOUR) }
    await Promise.all([1, 2, 3].map(() => revokeChain(late, { certificateId: id, reason: 'key-compromised' })))
    await revokeChain(late, { certificateId: id, reason: 'replaced' })
    expect(await getChain(ctx, { certificateId: id })).toMatchObject({
      state: 'revoked',
      revokedReason: 'key-compromised',
    })
    expect(await trustStoreVersion(db)).toBe(before + 1)
    expect(await actionsAbout(id)).toEqual(['certificate.submitted', 'certificate.revoked'])
  })

  test('a viewer may not, and a stranger finds nothing to revoke or read', async () => {
    const { submit } = await aSetting()
    const { certificateId } = await submit(issueChain(authority, NOW))
    const id = certificateId as string
    const stranger = await aSetting()
    const revoke = { certificateId: id, reason: 'unspecified' as const }
    await expect(revokeChain(stranger.ctx, revoke)).rejects.toMatchObject({ kind: 'not-found' })
    await expect(getChain(stranger.ctx, revoke)).rejects.toMatchObject({ kind: 'not-found' })
    await expect(getChain(stranger.ctx, { certificateId: newId('chain') })).rejects.toMatchObject({
      kind: 'not-found',
    })
    const viewer = await aSetting('viewer')
    const [owned] = await db
      .insert(certificateChains)
      .values({ ...(await aRow(id)), id: newId('chain'), applicationId: viewer.application.id, keySha256: null })
      .returning({ id: certificateChains.id })
    await expect(
      revokeChain(viewer.ctx, { certificateId: owned?.id as string, reason: 'unspecified' }),
    ).rejects.toMatchObject({ reason: 'permission-required' })
    expect((await getChain(viewer.ctx, { certificateId: owned?.id as string })).state).toBe('active')
  })
})

async function aRow(id: string) {
  const [row] = await db.select().from(certificateChains).where(eq(certificateChains.id, id))
  return row as typeof certificateChains.$inferSelect
}

describe('review', () => {
  test('an unknown root waits for an operator, and ends nothing before the approval', async () => {
    const { ctx, submit, place } = await aSetting()
    const foreign = anAuthority(NOW, 'New Trust')
    const old = await submit(issueChain(authority, NOW))
    const staff = await aPerson(db, { operatorSince: NOW })
    const pending = await submit(issueChain(foreign, NOW), { others: 'end', replacesAt: atMinute(ctx, HOUR) })
    const id = pending.certificateId as string
    expect(pending).toMatchObject({ state: 'pending-review', report: { verdict: 'review' } })
    expect((await getChain(ctx, { certificateId: old.certificateId as string })).endsAt).toBeNull()
    const [mail] = await readMail(db, staff.email)
    expect(mail?.subject).toContain('waits for review')
    expect(mail?.text).toContain('root-unknown')
    await expect(approveChain(ctx, { certificateId: id })).rejects.toMatchObject({ reason: 'operator-required' })
    await expect(approveChain(operator, { certificateId: id })).rejects.toMatchObject({ reason: 'not-in-review' })
    await addAnchor(operator, AddAnchorInput.parse({ bytes: foreign.root }))
    expect((await getChain(ctx, { certificateId: id })).state).toBe('pending-review')
    const next = later(operator, 24 * HOUR)
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => approveChain(next, { certificateId: id })))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    // The hour of overlap counts from the approval: nobody could switch before.
    const chains = (await listChains(next, place)).toSorted((a, b) => (a.state < b.state ? -1 : 1))
    expect(chains.map(({ state, endsAt }) => ({ state, endsAt }))).toEqual([
      { state: 'active', endsAt: null },
      { state: 'ending', endsAt: addMs(next.now, HOUR) },
    ])
    expect(await actionsAbout(id)).toEqual(['certificate.submitted', 'certificate.approved'])
  })

  test('an approval that would let it start or take over after its own end is refused', async () => {
    const { ctx, submit } = await aSetting()
    const foreign = anAuthority(NOW, 'Slow Trust')
    await submit(issueChain(authority, NOW))
    const plan = { others: 'end', replacesAt: atMinute(ctx, 6 * 24 * HOUR) }
    const id = (await submit(issueChain(foreign, NOW, { days: 10 }), plan)).certificateId as string
    await addAnchor(operator, AddAnchorInput.parse({ bytes: foreign.root }))
    const late = later(operator, 5 * 24 * HOUR)
    await expect(approveChain(late, { certificateId: id })).rejects.toMatchObject({ reason: 'plan-too-late' })
    expect((await aRow(id)).approvedAt).toBeNull()
    expect((await approveChain(later(operator, HOUR), { certificateId: id })).state).toBe('active')
  })

  test('a refused chain is over', async () => {
    const { ctx, submit } = await aSetting()
    const id = (await submit(issueChain(unknown, NOW))).certificateId as string
    await expect(refuseChain(ctx, { certificateId: id })).rejects.toMatchObject({ reason: 'operator-required' })
    expect(await refuseChain(operator, { certificateId: id })).toMatchObject({ state: 'refused' })
    await expect(refuseChain(operator, { certificateId: id })).rejects.toMatchObject({ reason: 'not-in-review' })
    await expect(refuseChain(operator, { certificateId: newId('chain') })).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('a chain in review takes no key from whoever holds it, revoked or not', async () => {
    const stranger = await aSetting()
    const holder = await aSetting()
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
    const certificateId = (await stranger.submit(issueChain(unknown, NOW, { key }))).certificateId as string
    expect((await holder.submit(issueChain(authority, NOW, { key }))).state).toBe('active')
    await revokeChain(stranger.ctx, { certificateId, reason: 'unspecified' })
    expect((await holder.submit(issueChain(authority, NOW, { key }))).state).toBe('active')
  })

  test('of two applications with one key in review, the first to be approved has it, at once or one after the other', async () => {
    const trust = anAuthority(NOW, 'Late Trust')
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
    const settings = await Promise.all([1, 2, 3].map(() => aSetting()))
    const pending = await Promise.all(settings.map(({ submit }) => submit(issueChain(trust, NOW, { key }))))
    expect(pending.map(({ state }) => state)).toEqual(['pending-review', 'pending-review', 'pending-review'])
    await addAnchor(operator, AddAnchorInput.parse({ bytes: trust.root }))
    const approve = (id: string | null) => approveChain(operator, { certificateId: id as string })
    const outcomes = await Promise.allSettled(pending.map(({ certificateId }) => approve(certificateId)))
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled')
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const loser = pending[winner === 0 ? 1 : 0]?.certificateId as string
    await expect(approve(loser)).rejects.toMatchObject({ reason: 'key-registered' })
    const again = await settings[winner === 0 ? 1 : 0]?.submit(issueChain(trust, NOW, { key }))
    expect(again?.report.findings[0]).toMatchObject({ code: 'key-registered' })
    // Approved once, the key never returns elsewhere.
    const certificateId = pending[winner]?.certificateId as string
    await revokeChain(settings[winner]?.ctx as Context, { certificateId, reason: 'key-compromised' })
    await expect(approve(loser)).rejects.toMatchObject({ reason: 'key-registered' })
  })

  test('a removed anchor takes its chains back into review, the same root added again brings them back', async () => {
    const { ctx, submit } = await aSetting()
    const passing = anAuthority(NOW, 'Passing Trust')
    const { anchorId } = await addAnchor(operator, AddAnchorInput.parse({ bytes: passing.root }))
    const { certificateId } = await submit(issueChain(passing, NOW))
    const state = async () => (await getChain(ctx, { certificateId: certificateId as string })).state
    expect(await state()).toBe('active')
    expect(await removeAnchor(operator, { anchorId })).toMatchObject({ chains: 1 })
    expect(await state()).toBe('pending-review')
    await addAnchor(operator, AddAnchorInput.parse({ bytes: passing.root }))
    expect(await state()).toBe('active')
  })

  test('an anchor of production vouches for nothing in the sandbox', async () => {
    const { submit } = await aSetting()
    const elsewhere = anAuthority(NOW, 'Production Trust')
    await addAnchor(operator, AddAnchorInput.parse({ bytes: elsewhere.root, environment: 'production' }))
    expect((await submit(issueChain(elsewhere, NOW))).state).toBe('pending-review')
  })
})

describe('mutual TLS as the only way', () => {
  test('the first active chain requires it, and neither its end nor its revocation undoes that', async () => {
    const { ctx, submit, place } = await aSetting()
    expect(await requiresMtls(place)).toBe(false)
    const { certificateId } = await submit(issueChain(authority, NOW))
    expect(await requiresMtls(place)).toBe(true)
    await revokeChain(ctx, { certificateId: certificateId as string, reason: 'unspecified' })
    await sweepChains(later(operator, 400 * 24 * HOUR))
    expect(await requiresMtls(place)).toBe(true)
    expect(await actionsAbout(place.applicationId)).toEqual(['mtls.required'])
  })

  test('the owner chooses when: until then both roads are open, then the sweep closes one, once', async () => {
    const { ctx, submit, place } = await aSetting()
    await submit(issueChain(authority, NOW), { closesOneWayAt: atMinute(ctx, 2 * HOUR) })
    await sweepChains(later(operator, HOUR))
    expect(await requiresMtls(place)).toBe(false)
    await Promise.all([1, 2, 3].map(() => sweepChains(later(operator, 3 * HOUR))))
    expect(await requiresMtls(place)).toBe(true)
    expect(await actionsAbout(place.applicationId)).toEqual(['mtls.required'])
  })

  test('a chain that was revoked before its start, or waits for review, closes nothing', async () => {
    const { ctx, submit, place } = await aSetting()
    const scheduled = await submit(issueChain(authority, NOW), { start: 'later', startsAt: atMinute(ctx, HOUR) })
    await submit(issueChain(unknown, NOW))
    await revokeChain(ctx, { certificateId: scheduled.certificateId as string, reason: 'unspecified' })
    await sweepChains(later(operator, 2 * HOUR))
    expect(await requiresMtls(place)).toBe(false)
  })

  test('a person opens the 1-way road again with a fresh proof; no later chain closes it by itself', async () => {
    const { ctx, submit, place } = await aSetting()
    await submit(issueChain(authority, NOW))
    const off = { ...place, required: 'off' as const }
    await expect(changeMtls(operator, off)).rejects.toMatchObject({ reason: 'sign-in-required' })
    const stale = { ...ctx, now: addMs(NOW, 6 * MINUTE) }
    await expect(changeMtls(stale, off)).rejects.toMatchObject({ reason: 'step-up-required' })
    await changeMtls(ctx, off)
    expect(await requiresMtls(place)).toBe(false)
    await submit(issueChain(authority, NOW))
    await sweepChains(later(operator, HOUR))
    expect(await requiresMtls(place)).toBe(false)
    await changeMtls(ctx, { ...place, required: 'on' })
    expect(await requiresMtls(place)).toBe(true)
    expect(await actionsAbout(place.applicationId)).toEqual(['mtls.required', 'mtls.made-optional', 'mtls.required'])
  })

  test('nobody requires it while no certificate could call', async () => {
    const { ctx, place } = await aSetting()
    await expect(changeMtls(ctx, { ...place, required: 'on' })).rejects.toMatchObject({
      reason: 'certificate-required',
    })
    const viewer = await aSetting('viewer')
    await expect(changeMtls(viewer.ctx, { ...viewer.place, required: 'off' })).rejects.toMatchObject({
      reason: 'permission-required',
    })
  })
})
