import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { aCertificateChain, aCustomer, anApplication, aPerson } from '@/db/factories'
import { personActor, testContext, testDatabase } from '@/db/testing'
import type { ClientCertificate } from '@/lib/context/request-info'
import { newHexToken, sha256, toHex } from '@/lib/core/secrets'
import { addDays, addMs } from '@/lib/core/time'
import { type HandshakeReporter, makeHandshakeReporter } from './handshake-reporter'
import { listHandshakes } from './list-handshakes'
import { readTrustStoreSpread, reportTrustStore } from './report-trust-store'
import { sweepHandshakes } from './sweep-handshakes'
import { makeAuthority, makeClientChain } from './testing/make-client-chain'

const { db } = await testDatabase()
const NOW = new Date()
const from = { now: NOW, address: '192.0.2.1' }

async function aSetting() {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  const application = await anApplication(db, customer.id)
  const chain = makeClientChain()
  const { id } = await aCertificateChain(db, application, chain)
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role: 'owner' }, NOW), addMs(NOW, 1000))
  return { application, chain, chainId: id, list: () => listHandshakes(ctx, { certificateId: id }) }
}

function presented(leaf: Buffer): ClientCertificate {
  return { sha256: toHex(sha256(leaf)), der: leaf }
}

async function refuse(reporter: HandshakeReporter, ...refusals: Parameters<HandshakeReporter['noteRefused']>[0][]) {
  for (const refusal of refusals) reporter.noteRefused(refusal, from)
  await reporter.flush(db)
}

test('the last handshake of a chain is the latest of all replicas, with its TLS version and address', async () => {
  const { chain, list } = await aSetting()
  expect((await list()).last).toBeNull()
  const [one, other] = [makeHandshakeReporter(), makeHandshakeReporter()]
  one.noteSound(presented(chain.leaf), { now: addMs(NOW, 500), address: '192.0.2.7', protocol: 'TLSv1.3' })
  other.noteSound(presented(chain.leaf), from)
  await Promise.all([one.flush(db), other.flush(db)])
  expect((await list()).last).toEqual({ at: addMs(NOW, 500), address: '192.0.2.7', protocol: 'TLSv1.3' })
})

test('a certificate under another CA names both: who signed it, and who signed the one that was submitted', async () => {
  const { application, chain, list } = await aSetting()
  const other = makeClientChain()
  const refusal = { code: 'certificate-untrusted', certificate: presented(other.leaf), clientId: application.clientId }
  await refuse(makeHandshakeReporter(), refusal, refusal)
  const [refused] = (await list()).refused
  expect(refused).toMatchObject({
    code: 'certificate-untrusted',
    laidBy: 'application-key',
    times: 2,
    sha256: other.sha256,
    address: '192.0.2.1',
  })
  expect(refused?.cause).toContain(
    `is signed by “${other.intermediate.signer.subject.CN}”, but you submitted one signed by “${chain.intermediate.signer.subject.CN}”`,
  )
})

test('whose it is: by the secret, else by the leaf, else by its key, else by the key that was named; nobody’s is let go', async () => {
  const mine = await aSetting()
  const theirs = await aSetting()
  const reporter = makeHandshakeReporter()
  const leaf = presented(mine.chain.leaf)
  await refuse(
    reporter,
    { code: 'certificate-of-another', certificate: leaf, clientId: theirs.application.clientId, secretFits: true },
    { code: 'certificate-expired', certificate: leaf, clientId: theirs.application.clientId },
    { code: 'certificate-untrusted', certificate: presented(makeClientChain().leaf), clientId: newHexToken() },
    { code: 'certificate-missing', certificate: null, clientId: null },
    { code: 'certificate-missing', certificate: null, clientId: 'Robert’); drop table certificate_refusals;--' },
    { code: 'certificate-missing', certificate: null, clientId: theirs.application.clientId },
  )
  const seenBy = async ({ list }: typeof mine) =>
    (await list()).refused.map(({ code, laidBy }) => `${code} ${laidBy}`).sort()
  expect(await seenBy(mine)).toEqual(['certificate-expired certificate'])
  expect(await seenBy(theirs)).toEqual(['certificate-missing application-key', 'certificate-of-another secret'])
})

test('a renewed certificate for a key that is known is laid to whoever has the key', async () => {
  const { chain, list } = await aSetting()
  const renewed = makeClientChain({ key: chain.key })
  expect(new X509Certificate(renewed.leaf).publicKey.equals(new X509Certificate(chain.leaf).publicKey)).toBe(true)
  await refuse(makeHandshakeReporter(), {
    code: 'certificate-untrusted',
    certificate: presented(renewed.leaf),
    clientId: null,
  })
  const [refused] = (await list()).refused
  expect(refused).toMatchObject({ laidBy: 'key' })
  expect(refused?.cause).toContain('which has the key of one of your chains')
})

test('names are strangers’ words: without control and direction characters, and short', async () => {
  const { application, list } = await aSetting()
  const hostile = makeClientChain({
    root: makeAuthority('r', NOW),
    name: `<script>\u202egnirts\u0007${'x'.repeat(5000)}`,
  })
  await refuse(makeHandshakeReporter(), {
    code: 'certificate-untrusted',
    certificate: presented(hostile.leaf),
    clientId: application.clientId,
  })
  const [refused] = (await list()).refused
  expect(refused?.subject).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
  expect(refused?.subject.length).toBeLessThanOrEqual(300)
  expect(refused?.cause.length).toBeLessThan(1000)
})

test('whoever knows an Application Key alone cannot fill the page, nor push out what was proved', async () => {
  const { application, chain, list } = await aSetting()
  const reporter = makeHandshakeReporter()
  await refuse(reporter, { code: 'certificate-revoked', certificate: presented(chain.leaf), clientId: null })
  const root = makeAuthority('Of a stranger', NOW)
  for (let round = 0; round < 6; round++) {
    const strangers = Array.from({ length: 10 }, () => makeClientChain({ root }))
    await refuse(
      reporter,
      ...strangers.map(({ leaf }) => ({
        code: 'certificate-untrusted',
        certificate: presented(leaf),
        clientId: application.clientId,
      })),
    )
  }
  await sweepHandshakes(db, NOW)
  const { refused } = await list()
  expect(refused.filter(({ laidBy }) => laidBy === 'application-key').length).toBeLessThanOrEqual(15)
  expect(refused.map(({ code }) => code)).toContain('certificate-revoked')
  await sweepHandshakes(db, addDays(NOW, 31))
  expect((await list()).refused).toEqual([])
})

test('somebody else’s chain is a 404 like one that is not there', async () => {
  const { chainId } = await aSetting()
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role: 'owner' }, NOW), NOW)
  for (const certificateId of [chainId, 'crt_none']) {
    await expect(listHandshakes(ctx, { certificateId })).rejects.toMatchObject({ kind: 'not-found' })
  }
})

test('which replicas have the trust store of now, without those that say nothing any more', async () => {
  await reportTrustStore(db, 'rep_1', 0, NOW)
  await reportTrustStore(db, 'rep_2', -1, NOW)
  await reportTrustStore(db, 'rep_3', 0, addDays(NOW, -1))
  const { version, replicas } = await readTrustStoreSpread(db, NOW)
  expect(version).toBe(0)
  expect(replicas.map(({ replicaId }) => replicaId)).toEqual(['rep_1', 'rep_2'])
  const { list } = await aSetting()
  expect((await list()).spread).toEqual({ replicas: 2, upToDate: 1 })
})

test('what cannot be written is let go, and stops nothing', async () => {
  const { chain } = await aSetting()
  const reporter = makeHandshakeReporter()
  reporter.noteSound(presented(chain.leaf), from)
  const away = { execute: () => Promise.reject(new Error('the database is away')) } as unknown as typeof db
  await expect(reporter.flush(away)).resolves.toBeUndefined()
  await expect(reporter.flush(db)).resolves.toBeUndefined()
})
