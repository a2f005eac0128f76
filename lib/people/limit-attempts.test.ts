import { expect, test } from 'vitest'
import { testContext, testDatabase } from '@/db/testing'
import { limitAddress } from './limit-attempts'

const { db } = await testDatabase()

test('what one address may do, a network of IPv6 may do once', async () => {
  const limit = { count: 3, windowSeconds: 60 }
  const from = (address: string) => ({ ...testContext(db, { kind: 'anonymous' } as const), address })
  for (const n of [1, 2, 3]) await limitAddress(from(`2001:db8:1:1::${n}`), 'act', limit)
  await expect(limitAddress(from('2001:db8:1:1:ffff::1'), 'act', limit)).rejects.toMatchObject({ kind: 'rate-limited' })
  await limitAddress(from('2001:db8:1:2::1'), 'act', limit)
})
