import { describe, expect, test } from 'vitest'
import { aCustomer, anAccount, anApplication, aPerson } from '@/db/factories'
import { connections } from '@/db/schema/connections'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { newWireId } from '@/lib/core/ids'
import { newHexToken, sha256 } from '@/lib/core/secrets'
import { addMs, SECOND } from '@/lib/core/time'
import { endKey } from '@/lib/credentials/end-key'
import { endSecret } from '@/lib/credentials/end-secret'
import { rotateKey } from '@/lib/credentials/rotate-key'
import { rotateSecret } from '@/lib/credentials/rotate-secret'
import { callMachine } from '@/lib/http/testing'
import * as connectionTokens from './ac/token/route'
import * as applicationTokens from './cc/token/route'
import { GET as readConnection } from './connection/[id]/route'
import { GET as status } from './status/route'

/** What an application may call while its secret and its key are rotated, and after. */
const { db } = await testDatabase()
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const account = await anAccount(db, customer.id)

type Client = { client_id: string; client_secret: string }
type Pair = { access_token: string; refresh_token: string }

async function aRotation() {
  const application = await anApplication(db, customer.id)
  const place = { applicationId: application.id, environment: 'sandbox' as const }
  const at = addMs(new Date(), -10 * SECOND)
  const ctx = testContext(db, personActor(owner.id, { customerId: customer.id, role: 'owner' }, at), at)
  const code = newHexToken()
  const connectionId = newWireId('connection')
  await db.insert(connections).values({
    ...place,
    id: connectionId,
    accountId: account.id,
    customerId: customer.id,
    grantedBy: owner.id,
    grantedAt: at,
    codeHash: sha256(code),
    codeHint: code.slice(-5),
  })
  const secret = await rotateSecret(ctx, { ...place, overlap: '24h', unusedHours: null })
  const key = await rotateKey(ctx, { ...place, overlap: '24h' })
  return {
    ctx: { ...ctx, now: addMs(at, SECOND) },
    code,
    connectionId,
    old: { client_id: application.clientId, client_secret: application.clientSecret, secretId: application.secretId },
    fresh: { client_id: key.clientId, client_secret: secret.clientSecret },
  }
}

const ROADS = {
  application: { routes: applicationTokens, grant: 'client_credentials' },
  connection: { routes: connectionTokens, grant: 'authorization_code' },
} as const

function fetchPair(kind: keyof typeof ROADS, { client_id, client_secret }: Client, code: string) {
  const { routes, grant } = ROADS[kind]
  const given = kind === 'connection' ? { code } : {}
  return callMachine(routes.POST, { body: { grant_type: grant, client_id, client_secret, scope: 'app', ...given } })
}

function refresh(kind: keyof typeof ROADS, { client_id, client_secret }: Client, pair: Pair) {
  const body = { grant_type: 'refresh_token', client_id, client_secret, scope: 'app' }
  return callMachine(ROADS[kind].routes.PUT, {
    method: 'PUT',
    bearer: pair.access_token,
    body: { ...body, refresh_token: pair.refresh_token },
  })
}

/** Each key with each secret. */
function pairings({ old, fresh }: { old: Client; fresh: Client }): [string, Client][] {
  return [
    ['old key, old secret', old],
    ['old key, new secret', { ...old, client_secret: fresh.client_secret }],
    ['new key, old secret', { ...fresh, client_secret: old.client_secret }],
    ['new key, new secret', fresh],
  ]
}

describe.each(['application', 'connection'] as const)('during the overlaps, %s tokens', (kind) => {
  test('are fetched, used, refreshed and deleted with every key and secret, whichever was used before', async () => {
    const rotation = await aRotation()
    for (const [name, client] of pairings(rotation)) {
      for (const [other, refreshing] of pairings(rotation)) {
        const told = `${name}; refreshed with ${other}`
        const issued = await fetchPair(kind, client, rotation.code)
        expect(issued.status, told).toBe(200)
        const refreshed = await refresh(kind, refreshing, issued.body as Pair)
        expect(refreshed.status, told).toBe(200)
        const { access_token: bearer } = refreshed.body as Pair
        if (kind === 'application') {
          expect((await callMachine(status, { bearer })).status, told).toBe(200)
          const url = `http://localhost:3000/oa2/v1/connection/${rotation.connectionId}`
          const read = await callMachine(readConnection, { url, bearer, params: { id: rotation.connectionId } })
          expect(read.status, told).toBe(200)
        }
        const removed = await callMachine(ROADS[kind].routes.DELETE, { method: 'DELETE', bearer })
        expect(removed.status, told).toBe(204)
      }
    }
  })

  test('are refused with what has ended, exactly as with what never was; those fetched before live on', async () => {
    const rotation = await aRotation()
    const { ctx, old, fresh, code } = rotation
    const before = await fetchPair(kind, old, code)
    await endSecret(ctx, { secretId: old.secretId })
    await endKey(ctx, { clientId: old.client_id })
    const unknown = await fetchPair(kind, { ...fresh, client_id: newHexToken() }, code)
    expect([unknown.status, unknown.body.code]).toEqual([401, 700])
    for (const [name, client] of pairings(rotation).slice(0, 3)) {
      const refused = await fetchPair(kind, client, code)
      expect([refused.status, refused.body], name).toEqual([unknown.status, unknown.body])
      expect((await refresh(kind, client, before.body as Pair)).status, name).toBe(401)
    }
    expect((await refresh(kind, fresh, before.body as Pair)).status).toBe(200)
  })
})
