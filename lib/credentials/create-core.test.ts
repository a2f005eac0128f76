import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { aCertificateChain, aCustomer, anApplication, aPerson } from '@/db/factories'
import { cores } from '@/db/schema/credentials'
import { auditEvents } from '@/db/schema/partitioned'
import { testContext, testDatabase } from '@/db/testing'
import { makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { sha256 } from '@/lib/core/secrets'
import { createCore } from './create-core'

const { db } = await testDatabase()
const operator = testContext(db, { kind: 'operator', name: 'test' })
const { cert, key, leaf, sha256: fingerprint } = makeClientChain()
const [pem = ''] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/.exec(cert) ?? []

test('a core is made with a secret, and where it is told so with a certificate, which is written down', async () => {
  const plain = await createCore(operator, { name: 'Plain' })
  const bound = await createCore(operator, { name: 'Bound', certificate: Buffer.from(pem) })
  const binary = await createCore(operator, { name: 'Binary', certificate: leaf })
  for (const [{ coreId }, expected] of [
    [plain, null],
    [bound, fingerprint],
    [binary, fingerprint],
  ] as const) {
    const [row] = await db.select({ kept: cores.certificateSha256 }).from(cores).where(eq(cores.id, coreId))
    expect(row?.kept?.toString('hex') ?? null).toBe(expected)
    const [event] = await db
      .select({ data: auditEvents.data })
      .from(auditEvents)
      .where(eq(auditEvents.subjectId, coreId))
    expect(event?.data.certificate).toBe(expected)
  }
})

test('nobody but an operator makes one', async () => {
  const anybody = testContext(db, { kind: 'anonymous' })
  await expect(createCore(anybody, { name: 'Other' })).rejects.toMatchObject({ name: 'DomainError' })
})

test.each([
  ['no certificate', Buffer.from('hello')],
  ['nothing', Buffer.alloc(0)],
  ['two of them', Buffer.from(pem + pem)],
  ['something behind it', Buffer.concat([leaf, Buffer.from('x')])],
  ['its private key', Buffer.from(pem + key)],
])('a file with %s is refused', async (_, certificate) => {
  await expect(createCore(operator, { name: 'Wrong', certificate })).rejects.toMatchObject({
    reason: 'certificate-unreadable',
  })
})

test('a certificate that an application has submitted is not a core’s', async () => {
  const application = await anApplication(db, (await aCustomer(db, (await aPerson(db)).id)).id)
  const chain = makeClientChain()
  await aCertificateChain(db, application, chain)
  await expect(createCore(operator, { name: 'Taken', certificate: chain.leaf })).rejects.toMatchObject({
    reason: 'certificate-taken',
  })
  expect(
    await db
      .select()
      .from(cores)
      .where(eq(cores.certificateSha256, sha256(chain.leaf))),
  ).toEqual([])
})
