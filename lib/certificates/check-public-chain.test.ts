import { expect, test } from 'vitest'
import { testDatabase } from '@/db/testing'
import type { Context } from '@/lib/context/context'
import { checkPublicChain } from './check-public-chain'
import { makeChain, NOW } from './testing/make-chain'

const { db } = await testDatabase()
const ctx = (address: string): Context => ({ db, actor: { kind: 'anonymous' }, now: NOW, requestId: 'r', address })
const made = makeChain()

test('anybody gets the report of a text or of a file', async () => {
  const pasted = await checkPublicChain(ctx('192.0.2.1'), { chain: made.pem.replaceAll('\n', '\r\n') })
  expect(pasted.report).toMatchObject({ verdict: 'review', trusted: false })
  const file = new File([new Uint8Array(made.leaf)], 'leaf.der')
  const picked = await checkPublicChain(ctx('192.0.2.1'), { chain: '', 'chain-file': file })
  expect(picked.report.findings).toMatchObject([{ code: 'format-der' }])
})

test('the thirty-first check of an address within ten minutes is refused, another address is not', async () => {
  const check = (address: string) => checkPublicChain(ctx(address), { chain: '' })
  for (let number = 0; number < 30; number++) await check('192.0.2.2')
  await expect(check('192.0.2.2')).rejects.toMatchObject({ reason: 'too-many-checks', retryAfterSeconds: 600 })
  await expect(check('192.0.2.3')).resolves.toMatchObject({ report: { verdict: 'reject' } })
})
