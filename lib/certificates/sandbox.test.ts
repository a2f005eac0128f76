import { execFile } from 'node:child_process'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { eq } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { sandboxCertificates, trustAnchors } from '@/db/schema/certificates'
import { auditEvents } from '@/db/schema/partitioned'
import { settings } from '@/db/schema/settings'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { addDays, addMs, MINUTE, SECOND } from '@/lib/core/time'
import { MakeSandboxCertificateInput, SANDBOX_KINDS, SANDBOX_LIMIT_PER_DAY, type SandboxKind } from './chain-schema'
import { checkForApplication } from './check-for-application'
import { makeSandboxCertificate } from './make-sandbox-certificate'
import { readCsr } from './read-csr'
import { getSandboxCa } from './sandbox-ca'
import { getSandboxCrl } from './sandbox-crl'
import { ecKeys, makeCsr } from './testing/make-csr'

const run = promisify(execFile)
const { db } = await testDatabase()
const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-sandbox-'))
afterAll(() => rm(directory, { recursive: true, force: true }))

async function aSetting(role: 'owner' | 'viewer' = 'owner') {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id, {}, role)
  const application = await anApplication(db, customer.id)
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role }))
  const input = MakeSandboxCertificateInput.parse({ applicationId: application.id, csr: makeCsr() })
  return { ctx, input, application }
}

function certificatesOf(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n/g) ?? []).map((one) => new X509Certificate(one))
}

async function file(name: string, content: string | Buffer): Promise<string> {
  const at = path.join(directory, name)
  await writeFile(at, content)
  return at
}

describe('getSandboxCa', () => {
  test('is one CA, however many ask at once, kept sealed, its root an anchor of the sandbox alone', async () => {
    const { ctx } = await aSetting()
    const made = await Promise.all([1, 2, 3, 4].map(() => getSandboxCa(ctx)))
    expect(new Set(made.map(({ root }) => root.toString('hex'))).size).toBe(1)
    const [kept] = await db.select().from(settings).where(eq(settings.name, 'sandbox-ca'))
    expect(kept?.sealed.includes('PRIVATE KEY')).toBe(false)
    const anchors = await db.select().from(trustAnchors)
    expect(anchors).toHaveLength(1)
    expect(anchors[0]?.environment).toBe('sandbox')
    expect(anchors[0]?.der.equals(made[0]?.root as Buffer)).toBe(true)
  })
})

describe('makeSandboxCertificate', () => {
  test('a chain that OpenSSL accepts for a client, for the key of the request', async () => {
    const { ctx, input, application } = await aSetting()
    const keys = ecKeys('P-384')
    const made = await makeSandboxCertificate(ctx, { ...input, csr: makeCsr(keys), roles: ['PSP_AI', 'PSP_PI'] })
    const [leaf, intermediate, root] = certificatesOf(made.chain)
    expect(leaf?.publicKey.equals(keys.publicKey)).toBe(true)
    expect(leaf?.subject).toContain(`CN=TEST ${application.id}`)
    expect(made.ordered).toBe(made.chain)
    const verified = await run('openssl', [
      'verify',
      '-x509_strict',
      '-auth_level',
      '2',
      '-purpose',
      'sslclient',
      '-CAfile',
      await file('root.pem', root?.toString() ?? ''),
      '-untrusted',
      await file('intermediate.pem', intermediate?.toString() ?? ''),
      await file('leaf.pem', leaf?.toString() ?? ''),
    ])
    expect(verified.stdout).toContain('OK')
    const { stdout } = await run('openssl', ['asn1parse', '-in', path.join(directory, 'leaf.pem')])
    expect(stdout).toContain('qcStatements')
    const [event] = await db.select().from(auditEvents).where(eq(auditEvents.applicationId, application.id))
    expect(event).toMatchObject({ action: 'sandbox-certificate.made', data: { kind: 'working' } })
  })

  test('each broken chain is broken in its own way, and only in that', async () => {
    const { ctx, input } = await aSetting()
    const make = (kind: MakeSandboxCertificateInput['kind']) => makeSandboxCertificate(ctx, { ...input, kind })
    const reversed = await make('reversed')
    expect(certificatesOf(reversed.chain).reverse().map(String)).toEqual(certificatesOf(reversed.ordered).map(String))
    const [leaf, last, none] = certificatesOf((await make('incomplete')).chain)
    expect(none).toBeUndefined()
    expect(leaf?.checkIssued(last as X509Certificate)).toBe(false)
    const expired = certificatesOf((await make('expired')).chain)
    expect(new Date(expired[0]?.validTo ?? '') < ctx.now).toBe(true)
    const wrong = certificatesOf((await make('wrong-usage')).chain)
    expect(wrong[0]?.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    const revoked = certificatesOf((await make('revoked')).chain)
    const crl = await file('list.crl', (await getSandboxCrl(ctx)) ?? Buffer.alloc(0))
    const { intermediate } = await getSandboxCa(ctx)
    const issuer = await file('issuer.pem', new X509Certificate(intermediate).toString())
    const told = await run('openssl', ['crl', '-inform', 'DER', '-in', crl, '-noout', '-text', '-CAfile', issuer])
    expect(told.stderr).toContain('verify OK')
    expect(told.stdout).toContain(revoked[0]?.serialNumber)
    expect(told.stdout).not.toContain(wrong[0]?.serialNumber)
  })

  test('needs the right to submit, a fresh proof, and the right tenant', async () => {
    const { ctx, input } = await aSetting()
    const late = { ...ctx, now: new Date(ctx.now.getTime() + 6 * MINUTE) }
    await expect(makeSandboxCertificate(late, input)).rejects.toMatchObject({ reason: 'step-up-required' })
    const viewer = await aSetting('viewer')
    await expect(makeSandboxCertificate(viewer.ctx, viewer.input)).rejects.toMatchObject({ kind: 'forbidden' })
    await expect(makeSandboxCertificate(ctx, viewer.input)).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('of many at the same moment as many get through as the day allows', async () => {
    const { ctx, input, application } = await aSetting()
    const rows = Array.from({ length: SANDBOX_LIMIT_PER_DAY - 2 }, (_, n) => ({
      serial: `${application.id}-${n}`,
      applicationId: application.id,
      kind: 'working',
      notAfter: ctx.now,
      createdAt: ctx.now,
    }))
    await db.insert(sandboxCertificates).values(rows)
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map(() => makeSandboxCertificate(ctx, input)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  })
})

describe('readCsr', () => {
  test('takes keys on the NIST curves, Ed25519, and RSA from 2048 bits', () => {
    for (const curve of ['P-256', 'P-384', 'P-521']) expect(readCsr(makeCsr(ecKeys(curve))).length).toBeGreaterThan(80)
    expect(readCsr(makeCsr(generateKeyPairSync('ed25519'))).length).toBe(44)
    expect(readCsr(makeCsr(generateKeyPairSync('rsa', { modulusLength: 2048 }))).length).toBeGreaterThan(290)
  })

  test('refuses a proof by another key, weak keys, other curves, and what is no request', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const refused = [
      makeCsr(ecKeys(), ecKeys().privateKey),
      makeCsr(weak),
      makeCsr(ecKeys('secp256k1')),
      makeCsr().replace('CERTIFICATE REQUEST', 'CERTIFICATE'),
      makeCsr().replace(/\n[A-Za-z0-9+/]{8}/, '\nAAAAAAAA'),
      `${makeCsr()}x`,
      '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----',
      '',
    ]
    for (const csr of refused) expect(() => readCsr(csr), csr).toThrow(/^This request cannot be signed/)
  })

  test('a private key beside the request is refused by its own name', async () => {
    const { ctx, input } = await aSetting()
    const csr = `${input.csr}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----`
    await expect(makeSandboxCertificate(ctx, { ...input, csr })).rejects.toMatchObject({
      reason: 'private-key-refused',
    })
  })
})

const REHEARSED: Record<SandboxKind, string[]> = {
  working: [],
  reversed: ['order-reversed'],
  incomplete: ['intermediate-missing'],
  expired: ['expired'],
  revoked: ['revoked'],
  'wrong-usage': ['server-auth-only'],
}

test.each(SANDBOX_KINDS)('a chain that is made “%s” is refused for that alone, or not at all', async (kind) => {
  const { ctx, input, application } = await aSetting()
  const { chain } = await makeSandboxCertificate(ctx, { ...input, kind })
  const place = { applicationId: application.id, environment: 'sandbox' as const }
  const { report } = await checkForApplication(ctx, place, Buffer.from(chain))
  const errors = report.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)
  expect({ errors, verdict: report.verdict }).toEqual({
    errors: REHEARSED[kind],
    verdict: kind === 'working' ? 'accept' : 'reject',
  })
})

describe('the revocation list', () => {
  test('is signed once for everybody who asks within a minute, and anew for each revocation', async () => {
    const { ctx, input } = await aSetting()
    await makeSandboxCertificate(ctx, { ...input, kind: 'revoked' })
    const first = (await getSandboxCrl(ctx)) as Buffer
    const again = await getSandboxCrl({ ...ctx, now: addMs(ctx.now, 59 * SECOND) })
    // ECDSA draws a number for each signature: the same bytes are the same signature.
    expect(again?.equals(first)).toBe(true)
    expect((await getSandboxCrl({ ...ctx, now: addMs(ctx.now, 61 * SECOND) }))?.equals(first)).toBe(false)
    const made = await makeSandboxCertificate(ctx, { ...input, kind: 'revoked' })
    const [leaf] = certificatesOf(made.ordered)
    const next = (await getSandboxCrl(ctx)) as Buffer
    expect(next.includes(Buffer.from(leaf?.serialNumber ?? '', 'hex'))).toBe(true)
    expect(first.includes(Buffer.from(leaf?.serialNumber ?? '', 'hex'))).toBe(false)
  })

  test('names every certificate that was revoked, however many', { timeout: 60_000 }, async () => {
    const { ctx, application } = await aSetting()
    const rows = Array.from({ length: 10_050 }, (_, number) => ({
      serial: (0x10_0000_0000 + number).toString(16).padStart(32, '7'),
      applicationId: application.id,
      kind: 'revoked' as const,
      notAfter: addDays(ctx.now, 30),
      revokedAt: addMs(ctx.now, -MINUTE + number),
      createdAt: addDays(ctx.now, -2),
    }))
    for (let from = 0; from < rows.length; from += 2000) {
      await db.insert(sandboxCertificates).values(rows.slice(from, from + 2000))
    }
    const list = (await getSandboxCrl(ctx)) as Buffer
    for (const row of [rows[0], rows[10_000], rows.at(-1)]) {
      expect(list.includes(Buffer.from(row?.serial ?? '', 'hex'))).toBe(true)
    }
    await db.delete(sandboxCertificates).where(eq(sandboxCertificates.applicationId, application.id))
  })
})
