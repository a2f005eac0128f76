import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import type { Connected } from '@/db/client'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { newFamilyId } from '@/lib/core/new-family-id'
import { type Hex, newHexToken, sha256Hex, toHex } from '@/lib/core/secrets'
import { MINUTE } from '@/lib/core/time'
import { endKey } from '@/lib/credentials/end-key'
import { listSecrets } from '@/lib/credentials/list-secrets'
import { makeUsageReporter, type UsageReporter } from '@/lib/credentials/mark-usage'
import { retireUnusedSecrets } from '@/lib/credentials/retire-unused-secrets'
import { rotateKey } from '@/lib/credentials/rotate-key'
import { rotateSecret } from '@/lib/credentials/rotate-secret'
import { tokenRoad } from './token-road'

const first = await testDatabase()
const second = await connectReplica(first.url)
afterAll(() => second.close())
const { db } = first

/** A second is a quarter of an hour: an hour without a use goes by while the test looks on. */
const started = Date.now()
function clock(): Date {
  return new Date(started + (Date.now() - started) * 15 * 60)
}

type Replica = Connected & { reporter: UsageReporter }
const replicas: Replica[] = [first, second].map((connected) => ({ ...connected, reporter: makeUsageReporter(clock) }))

type Credentials = { clientId: Hex; clientSecret: string }

async function aSetting() {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  const application = await anApplication(db, customer.id)
  const place = { applicationId: application.id, environment: 'sandbox' as const }
  const ctx = () =>
    testContext(db, personActor(person.id, { customerId: customer.id, role: 'owner' }, clock()), clock())
  return { application, place, ctx }
}

/** What a program does all day: fetches a token, uses it, refreshes it, uses the new one. Throws at the first refusal. */
async function workOnce(replica: Replica, credentials: Credentials, refreshing = credentials): Promise<void> {
  const road = tokenRoad(replica)
  const pair = { access: newHexToken(), refresh: newHexToken() }
  const next = { access: newHexToken(), refresh: newHexToken() }
  const issued = await road.issue.application.submit({
    clientId: credentials.clientId,
    secretHash: sha256Hex(credentials.clientSecret),
    codeHash: '',
    familyId: newFamilyId(Date.now()),
    accessHash: sha256Hex(pair.access),
    refreshHash: sha256Hex(pair.refresh),
    now: clock(),
  })
  if (!issued.allowed || !issued.secretId) throw new Error('a token was refused')
  replica.reporter.mark(issued.secretId, { now: clock(), address: null })
  await use(replica, pair.access)
  const refreshed = await road.refresh.application.submit({
    clientId: refreshing.clientId,
    secretHash: sha256Hex(refreshing.clientSecret),
    oldRefreshHash: sha256Hex(pair.refresh),
    oldAccessHash: sha256Hex(pair.access),
    newRefreshHash: sha256Hex(next.refresh),
    newAccessHash: sha256Hex(next.access),
    successorSealed: toHex(Buffer.alloc(1)),
    now: clock(),
  })
  if (!refreshed.allowed || !refreshed.secretId) throw new Error('a refresh was refused')
  replica.reporter.mark(refreshed.secretId, { now: clock(), address: null })
  // What was fetched at one replica is good at the other.
  await use(replicas[0] === replica ? (replicas[1] as Replica) : (replicas[0] as Replica), next.access)
}

async function use(replica: Replica, accessToken: string): Promise<void> {
  const token = await tokenRoad(replica).validate.submit({ accessHash: sha256Hex(accessToken), now: clock() })
  if (!token) throw new Error('a bearer token was refused')
  replica.reporter.mark(token.secretId, { now: clock(), address: null })
}

/** Workers at both replicas, going on until they are stopped; `credentialsOf` says what a worker holds at the moment. */
function keepCalling(credentialsOf: (worker: number) => [Credentials, Credentials?]) {
  const end = new AbortController()
  let calls = 0
  const work = Promise.all(
    Array.from({ length: 12 }, async (_, worker) => {
      while (!end.signal.aborted) {
        await workOnce(replicas[worker % 2] as Replica, ...credentialsOf(worker))
        calls += 1
      }
    }),
  )
  // A refusal is seen when the work is awaited.
  work.catch(() => end.abort())
  return {
    stop: async () => {
      end.abort()
      await work
      return calls
    },
    signal: end.signal,
  }
}

function isRefused(credentials: Credentials) {
  return Promise.all(
    replicas.map((replica) =>
      workOnce(replica, credentials).then(
        () => false,
        () => true,
      ),
    ),
  )
}

test('a client that changes over while a secret is rotated and retired loses no request, on two replicas', async () => {
  const { application, place, ctx } = await aSetting()
  const { clientId } = application
  const old = { clientId, clientSecret: application.clientSecret }
  const held: Credentials[] = Array.from({ length: 12 }, () => old)
  const calling = keepCalling((worker) => [held[worker] as Credentials])
  const reporting = replicas.map(({ reporter, db: pool }) => setInterval(() => void reporter.flush(pool), 50))
  try {
    await pause(300)
    const rotated = await rotateSecret(ctx(), { ...place, overlap: '24h', unusedHours: 1 })
    const fresh = { clientId, clientSecret: rotated.clientSecret }
    for (const worker of held.keys()) {
      await pause(80) // one deployment after the other
      held[worker] = fresh
    }
    const changedOver = clock()
    const isOver = async () => (await listSecrets(ctx(), place)).some(({ endsBecause }) => endsBecause === 'unused')
    while (!(await isOver()) && !calling.signal.aborted) {
      await pause(100)
      await retireUnusedSecrets({ ...ctx(), actor: { kind: 'system', name: 'retirement' } })
    }
    await pause(300)
    expect(await calling.stop()).toBeGreaterThan(100)
    const retired = (await listSecrets(ctx(), place)).find(({ endsBecause }) => endsBecause === 'unused')
    expect(retired?.id).toBe(application.secretId)
    // Not before an hour had passed since its last use, which was its last holder's.
    expect(retired?.endsAt?.getTime()).toBeGreaterThan(changedOver.getTime() + 55 * MINUTE)
    expect(await isRefused(old)).toEqual([true, true])
    expect(await isRefused(fresh)).toEqual([false, false])
  } finally {
    for (const timer of reporting) clearInterval(timer)
  }
}, 60_000)

test('a client that changes over while its key is rotated loses no request; either key refreshes the other’s tokens', async () => {
  const { application, place, ctx } = await aSetting()
  const { clientSecret } = application
  const old = { clientId: application.clientId, clientSecret }
  const held: Credentials[] = Array.from({ length: 12 }, () => old)
  const refreshing: Credentials[] = Array.from({ length: 12 }, () => old)
  const calling = keepCalling((worker) => [held[worker] as Credentials, refreshing[worker] as Credentials])
  await pause(200)
  const rotated = await rotateKey(ctx(), { ...place, overlap: '24h' })
  const fresh = { clientId: rotated.clientId as Hex, clientSecret }
  for (const worker of held.keys()) {
    // Half of them fetch with the new key and refresh with the old one for a while, the others the other way round.
    ;(worker % 2 ? held : refreshing)[worker] = fresh
    await pause(30)
  }
  await pause(300)
  held.fill(fresh)
  refreshing.fill(fresh)
  // Whatever was begun with the old key is answered before it ends.
  await pause(500)
  await endKey(ctx(), { clientId: old.clientId })
  await pause(300)
  expect(await calling.stop()).toBeGreaterThan(50)
  expect(await isRefused(old)).toEqual([true, true])
  expect(await isRefused(fresh)).toEqual([false, false])
}, 30_000)
