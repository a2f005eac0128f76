import { expect, test } from 'vitest'
import { trustAnchors } from '@/db/schema/certificates'
import { testDatabase } from '@/db/testing'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { sha256 } from '@/lib/core/secrets'
import { addDays } from '@/lib/core/time'
import { checkPublicChain } from './check-public-chain'
import { makeChain, NOW } from './testing/make-chain'

const { db } = await testDatabase()
const ctx = (address: string): Context => ({ db, actor: { kind: 'anonymous' }, now: NOW, requestId: 'r', address })
const made = makeChain()
const sandbox = { environment: 'sandbox' as const }

test('anybody gets the report of a text or of a file', async () => {
  const pasted = await checkPublicChain(ctx('192.0.2.1'), { ...sandbox, chain: made.pem.replaceAll('\n', '\r\n') })
  expect(pasted.report).toMatchObject({ verdict: 'review', trusted: false })
  const file = new File([new Uint8Array(made.leaf)], 'leaf.der')
  const picked = await checkPublicChain(ctx('192.0.2.1'), { ...sandbox, chain: '', 'chain-file': file })
  expect(picked.report.findings).toMatchObject([{ code: 'format-der' }])
})

test('the thirty-first check of an address within ten minutes is refused, another address is not', async () => {
  const check = (address: string) => checkPublicChain(ctx(address), { ...sandbox, chain: '' })
  for (let number = 0; number < 30; number++) await check('192.0.2.2')
  await expect(check('192.0.2.2')).rejects.toMatchObject({ reason: 'too-many-checks', retryAfterSeconds: 600 })
  await expect(check('192.0.2.3')).resolves.toMatchObject({ report: { verdict: 'reject' } })
})

test('a root is trusted in the environment that was chosen, and in no other', async () => {
  const trusted = makeChain({ root: { serial: 99 } })
  const dates = { notBefore: NOW, notAfter: addDays(NOW, 3000), createdAt: NOW }
  const words = { owner: 'Trust Authority', purpose: 'client certificates', subject: 'CN=Root' }
  await db.insert(trustAnchors).values({
    id: newId('anchor'),
    environment: 'production',
    der: trusted.root,
    sha256: sha256(trusted.root),
    ...words,
    ...dates,
  })
  const check = (environment: 'sandbox' | 'production') =>
    checkPublicChain(ctx('192.0.2.4'), { chain: trusted.pem, environment })
  expect(await check('production')).toMatchObject({ environment: 'production', report: { trusted: true } })
  expect(await check('sandbox')).toMatchObject({
    environment: 'sandbox',
    report: { trusted: false, verdict: 'review' },
  })
})

test('a network of IPv6 counts as one address', async () => {
  const check = (address: string) => checkPublicChain(ctx(address), { ...sandbox, chain: '' })
  for (let number = 0; number < 30; number++) await check(`2001:db8:7:7::${number.toString(16)}`)
  await expect(check('2001:db8:7:7:ffff::1')).rejects.toMatchObject({ reason: 'too-many-checks' })
  await expect(check('2001:db8:7:8::1')).resolves.toMatchObject({ report: { verdict: 'reject' } })
})
