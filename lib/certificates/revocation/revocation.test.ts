import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eq, sql } from 'drizzle-orm'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { auditEvents } from '@/db/schema/partitioned'
import { revocationChecks, revocationSources } from '@/db/schema/revocation'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import type { Context } from '@/lib/context/context'
import { isDomainError } from '@/lib/core/errors'
import { addDays, addMs, HOUR, MINUTE } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { readMail } from '@/lib/people/testing/read-mail'
import { addAnchor } from '../add-anchor'
import { AddAnchorInput, SubmitChainInput } from '../chain-schema'
import { getChain } from '../get-chain'
import { submitChain } from '../submit-chain'
import { fetchSource } from './fetch-source'
import { getChainRevocation } from './get-chain-revocation'
import { listRevocationSources } from './list-sources'
import { planFetches } from './plan-fetches'
import { SetRevocationPolicyInput, setRevocationPolicy } from './set-policy'
import { aFreePort, anOpensslAuthority } from './testing/openssl-authority'
import { refreshRevocation, requireAllowed, revocationOf } from './verdicts'

const { db, url } = await testDatabase()
const operator = testContext(db, { kind: 'operator' as const, name: 'cli' })
const files = new Map<string, RequestListener>()
const web = createServer((request, response) => {
  const answer = files.get(request.url ?? '')
  if (answer) answer(request, response)
  else response.writeHead(404).end()
})
await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
const place = `127.0.0.1:${(web.address() as AddressInfo).port}`
const ocspPort = await aFreePort()
Object.assign(env(), { outboundAllow: [place, `127.0.0.1:${ocspPort}`] })
afterAll(() => {
  web.closeAllConnections()
  web.close()
})

const lists = await anOpensslAuthority(`http://${place}/ca.crl`, null)
const both = await anOpensslAuthority(`http://${place}/gone.crl`, `http://127.0.0.1:${ocspPort}/`)
for (const authority of [lists, both]) {
  const bytes = Buffer.from(await authority.root())
  for (const environment of ['sandbox', 'production']) {
    await addAnchor(operator, AddAnchorInput.parse({ bytes, environment }))
  }
}
serve('/ca.crl', await lists.crl())

function serve(path: string, body: Buffer): void {
  files.set(path, (_request, response) => response.end(body))
}

async function aSetting(environment: 'sandbox' | 'production' = 'sandbox') {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  const application = await anApplication(db, customer.id, { environment })
  const now = new Date()
  const ctx = testContext(
    db,
    personActor(person.id, { customerId: customer.id, role: 'owner', steppedUpAt: now }, now),
    now,
  )
  const submit = (chain: string) =>
    submitChain(ctx, SubmitChainInput.parse({ applicationId: application.id, environment, chain }))
  return { ctx, person, application, submit }
}

async function accepted(setting: Awaited<ReturnType<typeof aSetting>>, chain: string) {
  const submitted = await setting.submit(chain)
  expect(submitted).toMatchObject({ state: 'active', report: { verdict: 'accept' } })
  const certificateId = submitted.certificateId as string
  const { sha256 } = await getChain(setting.ctx, { certificateId })
  return { certificateId, sha256, findings: submitted.report.findings }
}

async function sourceOf(sha256: string): Promise<string> {
  const rows = await db
    .select({ id: revocationChecks.sourceId })
    .from(revocationChecks)
    .where(eq(revocationChecks.certificateSha256, Buffer.from(sha256, 'hex')))
  expect(rows).toHaveLength(1)
  return rows[0]?.id as string
}

function system(now = new Date()): Context {
  return testContext(db, { kind: 'system' as const, name: 'revocation' }, now)
}

function refusalOf(sha256: string, now = new Date(), environment?: 'sandbox' | 'production'): string | null {
  try {
    requireAllowed(revocationOf(sha256, now, environment && { environment, approvedAt: null }))
    return null
  } catch (error) {
    return isDomainError(error) ? error.reason : String(error)
  }
}

async function faultOf(id: string): Promise<string | null> {
  const [row] = await db
    .select({ fault: revocationSources.fault })
    .from(revocationSources)
    .where(eq(revocationSources.id, id))
  return row?.fault ?? null
}

async function jobsFor(sourceId: string): Promise<number> {
  const [row] = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from pgboss.job where name = 'revocation-fetch' and data ->> 'sourceId' = ${sourceId}`,
  )
  return row?.n ?? 0
}

describe('a list of a real authority', () => {
  test('is asked at the submission, and then says who is revoked: chain, audit, mail, every replica', async () => {
    const setting = await aSetting()
    const { certificateId, sha256, findings } = await accepted(setting, await lists.issue('alpha'))
    // The leaf is good; the authority publishes nothing about its own intermediate.
    expect(findings.map(({ code, certificate }) => [code, certificate])).toEqual([['revocation-unchecked', 1]])
    await refreshRevocation(db)
    expect(revocationOf(sha256, new Date())).toMatchObject({ verdict: 'good', allowed: true })

    await lists.revoke('alpha')
    serve('/ca.crl', await lists.crl())
    await fetchSource(system(), { sourceId: await sourceOf(sha256) })

    const chain = await getChain(setting.ctx, { certificateId })
    expect(chain).toMatchObject({ state: 'revoked', revokedReason: 'revoked-by-authority' })
    const events = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, certificateId))
    expect(events.map(({ action, actorKind }) => [action, actorKind])).toContainEqual([
      'certificate.revoked-by-authority',
      'system',
    ])
    expect((await readMail(db, setting.person.email)).at(-1)?.subject).toContain('revoked by its authority')
    const replica = await connectReplica(url)
    onTestFinished(() => replica.close())
    for (const one of [db, replica.db]) {
      await refreshRevocation(one)
      expect(refusalOf(sha256)).toBe('certificate-revoked')
    }
    expect(await getChainRevocation(setting.ctx, { certificateId })).toMatchObject({
      verdict: 'revoked',
      certificates: [
        { position: 0, verdict: 'revoked', reason: 'keyCompromise' },
        { position: 1, verdict: 'unpublished' },
      ],
    })
    // It cannot come back, and its mail is not sent twice.
    await fetchSource(system(), { sourceId: await sourceOf(sha256) })
    expect(await readMail(db, setting.person.email)).toHaveLength(1)
  })

  test('a certificate that is revoked already is not accepted', async () => {
    const chain = await lists.issue('late')
    await lists.revoke('late', 'superseded')
    serve('/ca.crl', await lists.crl())
    const { submit } = await aSetting()
    const { report, certificateId } = await submit(chain)
    expect([report.verdict, certificateId]).toEqual(['reject', null])
    expect(report.findings[0]).toMatchObject({ code: 'revoked', certificate: 0 })
    expect(report.findings[0]?.message).toContain('superseded')
  })

  test('on hold is refused for as long as it lasts, and the chain goes on afterwards', async () => {
    const setting = await aSetting()
    const { certificateId, sha256 } = await accepted(setting, await lists.issue('held'))
    const before = await lists.crl()
    await lists.revoke('held', 'certificateHold')
    serve('/ca.crl', await lists.crl())
    const sourceId = await sourceOf(sha256)
    for (let time = 0; time < 2; time++) await fetchSource(system(), { sourceId })
    await refreshRevocation(db)
    expect(refusalOf(sha256)).toBe('certificate-revoked')
    expect((await getChain(setting.ctx, { certificateId })).state).toBe('active')
    expect((await readMail(db, setting.person.email)).map(({ subject }) => subject)).toEqual([
      expect.stringContaining('on hold'),
    ])
    // An authority releases it with its next list; here the same moment, so that the list is not taken for an older one.
    await db
      .update(revocationSources)
      .set({ thisUpdate: addDays(new Date(), -1) })
      .where(eq(revocationSources.id, sourceId))
    serve('/ca.crl', before)
    await fetchSource(system(), { sourceId })
    await refreshRevocation(db)
    expect(refusalOf(sha256)).toBeNull()
  })

  test('an old list is not played back over a newer one', async () => {
    const { sha256 } = await accepted(await aSetting(), await lists.issue('replayed'))
    const sourceId = await sourceOf(sha256)
    await db
      .update(revocationSources)
      .set({ thisUpdate: addMs(new Date(), MINUTE) })
      .where(eq(revocationSources.id, sourceId))
    await fetchSource(system(), { sourceId })
    expect(await faultOf(sourceId)).toBe('older')
    await db
      .update(revocationSources)
      .set({ thisUpdate: addDays(new Date(), -1) })
      .where(eq(revocationSources.id, sourceId))
  })

  test('a submission that was given an older list than there is goes on, and a job asks again', async () => {
    const { sha256 } = await accepted(await aSetting(), await lists.issue('newer'))
    const sourceId = await sourceOf(sha256)
    const setThisUpdate = (thisUpdate: Date) =>
      db.update(revocationSources).set({ thisUpdate }).where(eq(revocationSources.id, sourceId))
    await setThisUpdate(addMs(new Date(), MINUTE))
    onTestFinished(async () => {
      await setThisUpdate(addDays(new Date(), -1))
    })
    const before = await jobsFor(sourceId)
    const later = await accepted(await aSetting(), await lists.issue('later'))
    expect(await sourceOf(later.sha256)).toBe(sourceId)
    expect(await jobsFor(sourceId)).toBe(before + 1)
  })

  test.each<[string, RequestListener]>([
    ['malformed', (_request, response) => response.end('<html>maintenance</html>')],
    ['http-status', (_request, response) => response.writeHead(302, { location: 'http://10.0.0.1/' }).end()],
    ['http-status', (_request, response) => response.writeHead(500).end()],
    ['unreachable', (request) => request.socket.destroy()],
    ['too-large', (_request, response) => response.end(Buffer.alloc(21 * 1024 * 1024))],
  ])('a source that fails is told by its fault, and its answer of before counts on: %s', async (fault, answer) => {
    const { sha256 } = await accepted(await aSetting(), await lists.issue(`faulty${Math.random()}`.replace('.', '')))
    const sourceId = await sourceOf(sha256)
    const whole = files.get('/ca.crl') as RequestListener
    onTestFinished(() => void files.set('/ca.crl', whole))
    files.set('/ca.crl', answer)
    await fetchSource(system(), { sourceId })
    expect(await faultOf(sourceId)).toBe(fault)
    await refreshRevocation(db)
    expect(revocationOf(sha256, new Date())).toMatchObject({ verdict: 'good' })
    const [status] = await listRevocationSources(operator)
    expect(status).toMatchObject({ id: sourceId, kind: 'crl', fault })
  })

  test('a private address is not fetched unless operators allow it', async () => {
    const { sha256 } = await accepted(await aSetting(), await lists.issue('inner'))
    const allowed = env().outboundAllow
    onTestFinished(() => void Object.assign(env(), { outboundAllow: allowed }))
    Object.assign(env(), { outboundAllow: [] })
    const sourceId = await sourceOf(sha256)
    await fetchSource(system(), { sourceId })
    expect(await faultOf(sourceId)).toBe('address-refused')
  })
})

describe('a responder, openssl ocsp itself', () => {
  test('says good and revoked, where the list beside it is gone', async () => {
    await both.issue('responder', 'responder')
    const chain = await both.issue('beta')
    await both.respond(ocspPort, 'responder')
    const setting = await aSetting()
    const { certificateId, sha256, findings } = await accepted(setting, chain)
    expect(findings.map(({ certificate }) => certificate)).toEqual([1])

    await both.revoke('beta')
    await both.respond(ocspPort, 'responder')
    const sources = (await listRevocationSources(operator)).filter(({ url: at }) => at.includes(String(ocspPort)))
    expect(sources).toMatchObject([{ kind: 'ocsp', fault: null, certificates: 1 }])
    await fetchSource(system(), { sourceId: sources[0]?.id as string })
    await refreshRevocation(db)
    expect(refusalOf(sha256)).toBe('certificate-revoked')
    expect((await getChain(setting.ctx, { certificateId })).state).toBe('revoked')
  })

  test('another client of the same authority is no responder', async () => {
    const chain = await both.issue('gamma')
    await both.issue('impostor')
    await both.revoke('gamma')
    await both.respond(ocspPort, 'impostor')
    const { report } = await (await aSetting()).submit(chain)
    expect(report.verdict).toBe('accept')
    expect(report.findings.find(({ certificate }) => certificate === 0)?.message).toContain(
      'whoever signed its answer may not',
    )
  })
})

describe('policy', () => {
  test('production demands an answer that is current and new, the sandbox waits; operators may change it', async () => {
    const production = await aSetting('production')
    const sandbox = await aSetting()
    const one = await accepted(production, await lists.issue('strict'))
    const two = await accepted(sandbox, await lists.issue('easy'))
    await refreshRevocation(db)
    const now = new Date()
    const at = (ms: number) => [refusalOf(one.sha256, addMs(now, ms)), refusalOf(two.sha256, addMs(now, ms))]
    expect(at(HOUR)).toEqual([null, null])
    expect(at(25 * HOUR)).toEqual(['certificate-revocation-unknown', null]) // older than a day
    expect(at(49 * HOUR)).toEqual(['certificate-revocation-unknown', null]) // the list has ended
    expect(at(10 * 24 * HOUR)).toEqual(['certificate-revocation-unknown', 'certificate-revocation-unknown'])

    const set = (environment: string, mode: string, maxAge: string) =>
      setRevocationPolicy(operator, SetRevocationPolicyInput.parse({ environment, mode, maxAge }))
    await set('production', 'soft', '48h')
    await refreshRevocation(db)
    expect(at(49 * HOUR)).toEqual([null, null])
    await set('production', 'hard', '24h')
    await refreshRevocation(db)
    expect(at(25 * HOUR)[0]).toBe('certificate-revocation-unknown')
    const events = await db.select().from(auditEvents).where(eq(auditEvents.action, 'revocation.policy-set'))
    expect(events).toHaveLength(2)
    await expect(
      setRevocationPolicy(
        production.ctx,
        SetRevocationPolicyInput.parse({ environment: 'production', mode: 'soft', maxAge: '1d' }),
      ),
    ).rejects.toMatchObject({ reason: 'operator-required' })
    for (const maxAge of ['0h', '24', '1w', '-1h', '91d', '1h30m']) {
      expect(SetRevocationPolicyInput.safeParse({ environment: 'sandbox', mode: 'soft', maxAge }).success).toBe(false)
    }
  })

  test('an authority that never answered: refused in production from the start, in the sandbox a week later', async () => {
    const strict = await accepted(await aSetting('production'), await silent('delta'))
    const easy = await accepted(await aSetting(), await silent('epsilon'))
    await refreshRevocation(db)
    expect(refusalOf(strict.sha256)).toBe('certificate-revocation-unknown')
    expect(refusalOf(easy.sha256)).toBeNull()
    expect(refusalOf(easy.sha256, addDays(new Date(), 8))).toBe('certificate-revocation-unknown')
  })

  async function silent(name: string): Promise<string> {
    const chain = await lists.issue(name)
    const whole = files.get('/ca.crl') as RequestListener
    onTestFinished(() => void files.set('/ca.crl', whole))
    files.set('/ca.crl', (_request, response) => response.writeHead(503).end())
    return chain
  }
})

test('what is due becomes one job, however many replicas plan; what no chain names is forgotten', async () => {
  const setting = await aSetting()
  const { certificateId, sha256 } = await accepted(setting, await lists.issue('planned'))
  const sourceId = await sourceOf(sha256)
  const later = addDays(new Date(), 1)
  const jobsBefore = await countJobs()
  const due = (await listRevocationSources(operator)).filter(({ nextFetchAt }) => nextFetchAt !== null).length
  await Promise.all([planFetches(system(later)), planFetches(system(later)), planFetches(system(later))])
  expect((await countJobs()) - jobsBefore).toBe(due)
  expect(due).toBeGreaterThan(0)
  // A chain of before there were sources: its certificates are read by the plan.
  await db.execute(`update chain_certificates set revocation_sources = null where chain_id = '${certificateId}'`)
  await db.execute(`delete from revocation_checks where source_id = '${sourceId}'`)
  await planFetches(system())
  expect(await sourceOf(sha256)).toBeDefined()
  await db.execute(`update certificate_chains set revoked_at = now(), revoked_reason = 'unspecified'`)
  await planFetches(system())
  expect(await listRevocationSources(operator)).toEqual([])
})

async function countJobs(): Promise<number> {
  const [row] = await db.execute<{ n: number }>(
    `select count(*)::int as n from pgboss.job where name = 'revocation-fetch'`,
  )
  return row?.n ?? 0
}
