import { sql } from 'drizzle-orm'
import { beforeEach, expect, test, vi } from 'vitest'
import { aConsent, aCustomer, anApplication, anAuthorizationCode, aPerson } from '@/db/factories'
import { testContext, testDatabase } from '@/db/testing'
import { newHexToken, newOpaqueToken } from '@/lib/core/secrets'
import { createCore } from '@/lib/credentials/create-core'
import { log } from '@/lib/log/log'
import { bodyFaults } from '@/lib/oauth/testing/body-faults'
import { callOauth } from '@/lib/oauth/testing/call-oauth'
import { POST as tokenRoute } from '../token/route'
import { POST } from './route'

const { db } = await testDatabase()
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const PATH = '/oauth2/revoke'
const logged = vi.spyOn(log(), 'info')
beforeEach(() => void logged.mockClear())

type Application = Awaited<ReturnType<typeof anApplication>>

async function aPair(application: Application) {
  const giver = await aPerson(db)
  const business = await aCustomer(db, giver.id)
  const consent = await aConsent(db, application, { personId: giver.id, customerId: business.id })
  const code = await anAuthorizationCode(db, application, [consent])
  const parameters = {
    grant_type: 'authorization_code',
    code: code.code,
    redirect_uri: code.redirectUri,
    code_verifier: code.verifier,
  }
  const { body } = await callOauth(tokenRoute, '/oauth2/token', parameters, { basic: application })
  return body as { access_token: string; refresh_token: string }
}

async function revokedOf(application: Application): Promise<number> {
  const [row] = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from token_families where application_id = ${application.id} and revoked_at is not null`,
  )
  return row?.n ?? 0
}

function lastDetail(): string {
  return (logged.mock.calls.at(-1)?.[0] as unknown as { detail?: string } | undefined)?.detail ?? ''
}

test('a request that cannot be read is refused, told why and written to the log, and ends nothing', async () => {
  const application = await anApplication(db, customer.id)
  const pair = await aPair(application)
  for (const { what, body, query, headers, status, description, detail } of bodyFaults(
    { token: pair.access_token },
    'token',
  )) {
    const answer = await callOauth(POST, `${PATH}${query ?? ''}`, body, { basic: application, headers: headers ?? {} })
    expect([answer.status, answer.body], what).toEqual([
      status,
      { error: 'invalid_request', error_description: description },
    ])
    if (status === 400) expect(lastDetail(), what).toBe(detail ?? description)
  }
  const json = { headers: { 'content-type': 'application/json' }, basic: application }
  expect((await callOauth(POST, PATH, JSON.stringify({ token: pair.access_token }), json)).status).toBe(415)
  const missing = await callOauth(POST, PATH, { token: '', token_type_hint: 'access_token' }, { basic: application })
  expect([missing.status, missing.body]).toEqual([
    400,
    { error: 'invalid_request', error_description: 'token is missing.' },
  ])
  expect(await revokedOf(application)).toBe(0)
})

test('whoever it is, what is nothing to them looks alike; the log says what it was', async () => {
  const application = await anApplication(db, customer.id)
  const other = await anApplication(db, customer.id)
  const core = await createCore(testContext(db, { kind: 'operator', name: 'test' }), { name: newHexToken() })
  const pair = await aPair(application)
  const dead = await aPair(other)
  await callOauth(POST, PATH, { token: dead.refresh_token }, { basic: other })
  for (const [client, token, detail] of [
    [other, pair.access_token, 'the token is of another application'],
    [other, pair.refresh_token, 'the token is of another application'],
    [other, dead.access_token, 'the token is unknown, expired or revoked'],
    [other, newOpaqueToken(), 'the token is unknown, expired or revoked'],
    [other, `${pair.access_token}x`, 'the token is unknown, expired or revoked'],
    [other, "' or 1=1 --", 'the token is unknown, expired or revoked'],
    [core, pair.access_token, 'a core revokes no tokens'],
  ] as const) {
    for (const hint of ['access_token', 'refresh_token', 'nothing that there is']) {
      const answer = await callOauth(POST, PATH, { token, token_type_hint: hint }, { basic: client })
      expect([answer.status, answer.body]).toEqual([200, {}])
      expect(lastDetail()).toBe(detail)
    }
  }
  expect(await revokedOf(application)).toBe(0)
})
