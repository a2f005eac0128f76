import { sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { aConsent, aCustomer, anApplication, anAuthorizationCode, aPerson } from '@/db/factories'
import { connectReplica, testContext, testDatabase } from '@/db/testing'
import type { ClientActor } from '@/lib/context/context'
import { type Hex, newOpaqueToken, sha256Hex } from '@/lib/core/secrets'
import type { ApplicationCaller } from '../clients/authenticate-caller'
import { oauthRoad } from '../oauth-road'
import { exchangeCode } from './exchange-code'

const first = await testDatabase()
const second = await connectReplica(first.url)
afterAll(() => second.close())
const { db } = first

async function aScene() {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  const application = await anApplication(db, customer.id)
  const consent = await aConsent(db, application, { personId: person.id, customerId: customer.id })
  const code = await anAuthorizationCode(db, application, [consent])
  const { id: applicationId, environment, clientId, secretId } = application
  const actor: ClientActor = {
    kind: 'client',
    ...{ applicationId, environment, clientId, secretId },
    publicKeyId: null,
    chainId: null,
  }
  const caller: ApplicationCaller = {
    kind: 'application',
    actor,
    profile: 'standard',
    scopes: [],
    mtlsRequired: false,
    certificateSha256: null,
  }
  const exchange = (replica = first) =>
    exchangeCode({
      ctx: testContext(replica.db, actor),
      caller,
      sender: { certificateSha256: null, jwkThumbprint: null },
      parameters: { code: code.code, redirect_uri: code.redirectUri, code_verifier: code.verifier },
    })
  return { applicationId, environment, secretId, exchange }
}

async function countOf(table: string, applicationId: string): Promise<number> {
  const [row] = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from ${sql.raw(table)} x join token_families f on f.id = x.family_id
      where f.application_id = ${applicationId}`,
  )
  return row?.n ?? 0
}

test('of fifty exchanges of one code on two replicas one wins, and the others end what it minted', async () => {
  const scene = await aScene()
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, n) => scene.exchange(n % 2 ? { ...first, ...second } : first)),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'invalid_grant' })
  }
  expect(await countOf('access_tokens', scene.applicationId)).toBe(1)
})

test('of fifty refreshes with one token on two replicas one moves the family', async () => {
  const scene = await aScene()
  const { refresh_token: old = '' } = await scene.exchange()
  const moved = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      oauthRoad(n % 2 ? second : first).rotate.submit({
        applicationId: scene.applicationId,
        environment: scene.environment,
        secretId: scene.secretId,
        publicKeyId: '',
        chainId: '',
        certificateSha256: '',
        jwkThumbprint: '',
        askedScopes: [],
        oldRefresh: sha256Hex(old),
        newRefresh: sha256Hex(newOpaqueToken()),
        newAccess: sha256Hex(newOpaqueToken()),
        successor: '00' as Hex,
        now: new Date(),
      }),
    ),
  )
  expect(moved.filter((family) => family !== null)).toHaveLength(1)
  expect(await countOf('token_rotations', scene.applicationId)).toBe(1)
  expect(await countOf('access_tokens', scene.applicationId)).toBe(2)
})
