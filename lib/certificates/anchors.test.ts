import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { KeyUsageFlags } from '@peculiar/asn1-x509'
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aPerson } from '@/db/factories'
import { auditEvents } from '@/db/schema/partitioned'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { newId } from '@/lib/core/ids'
import { sha256 } from '@/lib/core/secrets'
import { addDays, MINUTE } from '@/lib/core/time'
import { addAnchor } from './add-anchor'
import { trustStoreVersion } from './bump-trust-store'
import { AddAnchorInput } from './chain-schema'
import { listAnchors } from './list-anchors'
import { removeAnchor } from './remove-anchor'
import { type CertificateContent, signCertificate, toSerial } from './sign-certificate'

const { db } = await testDatabase()
const operator = testContext(db, { kind: 'operator' as const, name: 'cli' })

function aRoot(values: Partial<CertificateContent> = {}, issuer = 'Northern Trust Services'): Buffer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const signer = { subject: { O: issuer, CN: 'Root' }, spki, privateKey }
  const content = {
    serial: toSerial(randomBytes(16)),
    subject: { O: 'Northern Trust Services', CN: 'Root' },
    spki,
    notBefore: addDays(operator.now, -1),
    notAfter: addDays(operator.now, 1000),
    ca: { pathLength: null },
    keyUsage: KeyUsageFlags.keyCertSign,
    ...values,
  }
  return signCertificate(content, signer)
}

function input(bytes: Uint8Array | string, rest: Record<string, string> = {}) {
  return AddAnchorInput.parse({ bytes: Buffer.from(bytes), ...rest })
}

describe('addAnchor', () => {
  test('takes PEM and DER of a root, names its owner, and is written down', async () => {
    const before = await trustStoreVersion(db)
    const root = aRoot()
    const added = await addAnchor(operator, input(new X509Certificate(root).toString(), { environment: 'production' }))
    expect(added.sha256).toBe(sha256(root).toString('hex'))
    const found = (await listAnchors(operator)).find(({ id }) => id === added.anchorId)
    expect(found).toMatchObject({
      environment: 'production',
      owner: 'Northern Trust Services',
      purpose: 'client certificates',
      chains: 0,
    })
    expect(await trustStoreVersion(db)).toBe(before + 1)
    const [event] = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, added.anchorId))
    expect(event).toMatchObject({ action: 'anchor.added', actorKind: 'operator', environment: 'production' })
    await addAnchor(operator, input(aRoot(), { owner: 'Another CA', purpose: 'test banks' }))
  })

  test('the same root counts once in each environment, of several at once one is added', async () => {
    const root = aRoot()
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => addAnchor(operator, input(root))))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await addAnchor(operator, input(root, { environment: 'production' }))
    await expect(addAnchor(operator, input(root))).rejects.toMatchObject({ reason: 'anchor-exists' })
  })

  test('refuses what is no root, has expired, or is more than one certificate', async () => {
    const root = aRoot()
    const pem = new X509Certificate(root).toString()
    const refused = [
      aRoot({ ca: null }),
      aRoot({ notBefore: addDays(operator.now, -9), notAfter: addDays(operator.now, -1) }),
      aRoot({}, 'Another issuer'),
      Buffer.concat([root, Buffer.from('x')]),
      pem + pem,
      'not a certificate',
      '',
    ]
    for (const bytes of refused) {
      await expect(addAnchor(operator, input(bytes))).rejects.toMatchObject({ reason: 'anchor-unreadable' })
    }
  })

  test('is for operators, with a fresh proof', async () => {
    const person = await aPerson(db)
    const ctx = testContext(db, personActor(person.id))
    await expect(addAnchor(ctx, input(aRoot()))).rejects.toMatchObject({ reason: 'operator-required' })
    await expect(listAnchors(ctx)).rejects.toMatchObject({ reason: 'operator-required' })
    await expect(removeAnchor(ctx, { anchorId: newId('anchor') })).rejects.toMatchObject({
      reason: 'operator-required',
    })
    const staff = testContext(db, personActor(person.id, { isOperator: true }))
    const late = { ...staff, now: new Date(staff.now.getTime() + 6 * MINUTE) }
    await expect(addAnchor(late, input(aRoot()))).rejects.toMatchObject({ reason: 'step-up-required' })
    await expect(addAnchor(staff, input(aRoot()))).resolves.toMatchObject({ sha256: expect.any(String) })
  })
})

describe('removeAnchor', () => {
  test('ends with the first of several calls, and the root can be added again', async () => {
    const root = aRoot()
    const { anchorId } = await addAnchor(operator, input(root))
    const before = await trustStoreVersion(db)
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => removeAnchor(operator, { anchorId })))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await trustStoreVersion(db)).toBe(before + 1)
    expect((await listAnchors(operator)).map(({ id }) => id)).not.toContain(anchorId)
    await expect(removeAnchor(operator, { anchorId })).rejects.toMatchObject({ kind: 'not-found' })
    expect((await addAnchor(operator, input(root))).anchorId).not.toBe(anchorId)
  })
})
