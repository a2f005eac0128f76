import { expect, test } from 'vitest'
import { aCertificateChain, aCustomer, anAnchor, anApplication, aPerson } from '@/db/factories'
import { testContext, testDatabase } from '@/db/testing'
import { bumpTrustStore } from '@/lib/certificates/bump-trust-store'
import { registerSources } from '@/lib/certificates/revocation/register-sources'
import { refreshRevocation } from '@/lib/certificates/revocation/verdicts'
import { makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import type { RequestInfo } from '@/lib/context/request-info'
import { newHexToken } from '@/lib/core/secrets'
import { callMachine } from '@/lib/http/testing'
import { basicOf } from '@/lib/oauth/testing/call-oauth'
import { GET } from './route'

const { db } = await testDatabase()
const customer = await aCustomer(db, (await aPerson(db)).id)
const root = makeAuthority('Trusted root', new Date())
for (const environment of ['sandbox', 'production']) await anAnchor(db, root.der, { environment })

type Values = NonNullable<Parameters<typeof anApplication>[2]>

async function aCaller(values: Values = {}) {
  const application = await anApplication(db, customer.id, values)
  const chain = makeClientChain({ root })
  const { id: chainId } = await aCertificateChain(db, application, chain)
  const system = testContext(db, { kind: 'system' as const, name: 'test' })
  await db.transaction(async (tx) => {
    await registerSources(tx, { ...system, db: tx }, chainId)
    await bumpTrustStore(tx, new Date())
  })
  await refreshRevocation(db)
  const certificate = { sha256: chain.sha256, der: chain.leaf } as NonNullable<RequestInfo['certificate']>
  const call = (basic: { clientId: string; clientSecret: string } = application) =>
    callMachine(GET, {
      headers: { authorization: basicOf(basic) },
      address: newHexToken(),
      info: { listener: '2', host: '2', certificate },
    })
  return { application, chain, chainId, call }
}

test.each(['sandbox', 'production'] as const)(
  'the calling application in %s, in these members and no other',
  async (environment) => {
    const { application, chain, chainId, call } = await aCaller({ environment, scopes: ['psd2-ais', 'psd2-pis'] })
    const { status, body, headers } = await call()
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)
    expect(body).toEqual({
      application_id: application.id,
      client_id: application.clientId,
      environment,
      name: expect.any(String),
      profile: 'standard',
      scopes: ['psd2-ais', 'psd2-pis'],
      mtls_required: false,
      certificates: [
        {
          certificate_id: chainId,
          subject: expect.stringContaining('CN=client'),
          sha256: chain.sha256,
          state: 'active',
          presented: true,
          not_before: moment,
          not_after: moment,
          starts_at: moment,
          ends_at: null,
        },
      ],
      subscriptions: [
        { scope: 'psd2-ais', state: 'active' },
        { scope: 'psd2-pis', state: 'active' },
      ],
      limits: { live_secrets: expect.any(Number), open_requests: expect.any(Number) },
    })
  },
)

test('profile fapi2 has no secret to come with: 401, like a wrong one', async () => {
  const { call } = await aCaller({ profile: 'fapi2' })
  const refused = await call()
  expect([refused.status, refused.body.code]).toEqual([401, 'wrong-credentials'])
  const { application, call: other } = await aCaller()
  expect((await other({ ...application, clientSecret: 'wrong' })).body).toEqual(refused.body)
})
