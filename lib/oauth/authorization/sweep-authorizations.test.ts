import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { aConsent, aCustomer, anApplication, anAuthorizationCode, anOpenedRequest, aPerson } from '@/db/factories'
import type { consents } from '@/db/schema/consents'
import { authorizationCodeGrants, authorizationCodes, authorizationRequests, tokenFamilies } from '@/db/schema/oauth'
import { testDatabase } from '@/db/testing'
import { newFamilyId } from '@/lib/core/new-family-id'
import { sha256 } from '@/lib/core/secrets'
import { addDays, addMs, HOUR, MINUTE } from '@/lib/core/time'
import { spendProof } from '../clients/spend-proof'
import { sweepProofs } from '../clients/sweep-proofs'
import { sweepAuthorizations } from './sweep-authorizations'

const { db } = await testDatabase()
const now = new Date()
const application = await anApplication(db, (await aCustomer(db, (await aPerson(db)).id)).id)

const dayAgo = addMs(addDays(now, -1), -MINUTE)
const hoursAgo = addMs(now, -23 * HOUR)

async function kept(ids: string[]): Promise<string[]> {
  const rows = await db.select({ id: authorizationRequests.id }).from(authorizationRequests)
  return ids.filter((id) => rows.some((row) => row.id === id))
}

test('a request without a code goes a day after it is over, whether it was answered, opened, or neither', async () => {
  const gone = [
    await anOpenedRequest(db, application, { expiresAt: dayAgo }),
    await anOpenedRequest(db, application, { expiresAt: dayAgo, answer: 'access_denied', answeredAt: dayAgo }),
    await anOpenedRequest(db, application, { expiresAt: dayAgo, kind: 'pushed', openedAt: null, browserHash: null }),
  ]
  const stays = [
    await anOpenedRequest(db, application),
    await anOpenedRequest(db, application, { expiresAt: hoursAgo }),
  ]
  await sweepAuthorizations(db, now)
  const ids = [...gone, ...stays].map(({ requestId }) => requestId)
  expect(await kept(ids)).toEqual(stays.map(({ requestId }) => requestId))
})

test('of one with a nonce the nonce stays for good, and nothing that tells of anybody', async () => {
  const person = await aPerson(db)
  const nonce = randomUUID()
  const values = { kind: 'flow', nonce, personId: person.id, expiresAt: dayAgo }
  const old = await anOpenedRequest(db, application, { ...values, answer: 'access_denied', answeredAt: dayAgo })
  const fresh = await anOpenedRequest(db, application, { ...values, nonce: randomUUID(), expiresAt: hoursAgo })
  await sweepAuthorizations(db, now)
  await sweepAuthorizations(db, now)
  const rowOf = async ({ requestId }: { requestId: string }) =>
    (await db.select().from(authorizationRequests).where(eq(authorizationRequests.id, requestId)))[0]
  expect(await rowOf(old)).toMatchObject({
    nonce,
    redirectUri: '',
    state: null,
    scopes: [],
    browserHash: null,
    personId: null,
    answer: 'access_denied',
  })
  expect(await rowOf(fresh)).toMatchObject({ state: 'state', personId: person.id })
  await expect(anOpenedRequest(db, application, { kind: 'flow', nonce })).rejects.toThrow()
})

async function aCode(minted: boolean, values: Partial<typeof consents.$inferInsert> = {}, nonce?: string) {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  const consent = await aConsent(db, application, { personId: person.id, customerId: customer.id }, values)
  const code = await anAuthorizationCode(db, application, [consent], {
    request: { expiresAt: dayAgo, ...(nonce ? { nonce, kind: 'flow', browserHash: sha256('x') } : {}) },
    code: { expiresAt: dayAgo, ...(minted ? { exchangedAt: dayAgo } : {}) },
  })
  const familyId = newFamilyId(now.getTime())
  if (!minted) return { ...code, familyId }
  await db.insert(tokenFamilies).values({
    id: familyId,
    applicationId: application.id,
    environment: 'sandbox',
    consentId: consent.id,
    scopes: ['psd2-ais'],
    accessHash: sha256(familyId),
    expiresAt: addDays(now, 180),
  })
  await db.update(authorizationCodeGrants).set({ familyId }).where(eq(authorizationCodeGrants.codeHash, code.codeHash))
  return { ...code, familyId }
}

test('a code stays while what it minted lives, and its request with it', async () => {
  const live = await aCode(true)
  const ended = [
    await aCode(false),
    await aCode(true, { revokedAt: now }),
    await aCode(true, { expiresAt: addMs(now, -1) }),
    await aCode(true),
  ]
  const revoked = ended[3] as { familyId: string }
  await db.update(tokenFamilies).set({ revokedAt: now }).where(eq(tokenFamilies.id, revoked.familyId))
  const nonce = randomUUID()
  const ofNonce = await aCode(false, {}, nonce)
  await sweepAuthorizations(db, now)
  const codes = await db.select({ id: authorizationCodes.requestId }).from(authorizationCodes)
  expect(codes).toEqual([{ id: live.requestId }])
  const ids = [live, ...ended, ofNonce].map(({ requestId }) => requestId)
  expect(await kept(ids)).toEqual([live.requestId, ofNonce.requestId])
  await sweepAuthorizations(db, addDays(now, 100))
  expect(await kept([live.requestId])).toEqual([live.requestId])
  await sweepAuthorizations(db, addDays(now, 181))
  expect(await kept([live.requestId])).toEqual([])
})

test('a proof is kept for as long as it would be taken', async () => {
  const proof = { kind: 'dpop', applicationId: application.id, key: 'key' } as const
  await spendProof(db, { ...proof, jti: 'old', expiresAt: addMs(now, -1) })
  await spendProof(db, { ...proof, jti: 'new', expiresAt: addMs(now, MINUTE) })
  await sweepProofs(db, now)
  const [row] = await db.execute<{ n: number }>(sql`select count(*)::int as n from spent_proofs`)
  expect(row?.n).toBe(1)
  expect(await spendProof(db, { ...proof, jti: 'new', expiresAt: now })).toBe(false)
})
