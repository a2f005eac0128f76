import { expect, onTestFinished, test, vi } from 'vitest'
import { anAnchor } from '@/db/factories'
import { testDatabase } from '@/db/testing'
import { bumpTrustStore } from '@/lib/certificates/bump-trust-store'
import { readTrustStoreSpread } from '@/lib/certificates/report-trust-store'
import { makeAuthority } from '@/lib/certificates/testing/make-client-chain'
import { log } from '@/lib/log/log'
import { followTrust, onTrustChange, trustStore } from './trust'

const { db } = await testDatabase()

test('a version that a listener did not take up is told again, and reported once it has been', async () => {
  await followTrust(db)
  let taken: number[] = []
  let fails = true
  onTestFinished(
    onTrustChange(({ version }) => {
      if (fails) throw new Error('OpenSSL does not take it')
      taken.push(version)
    }),
  )
  const { version: before } = trustStore()
  await db.transaction((tx) => bumpTrustStore(tx, new Date()))
  const reported = async () => (await readTrustStoreSpread(db, new Date())).replicas.map(({ version }) => version)
  for (let i = 0; i < 2; i++) await expect(followTrust(db)).rejects.toThrow('does not take it')
  expect(await reported()).toEqual([before])

  fails = false
  await followTrust(db)
  expect(taken).toEqual([before + 1])
  expect(await reported()).toEqual([before + 1])
  taken = []
  await followTrust(db)
  expect(taken).toEqual([])
})

test('operators hear of it when the names in the trust store come near what a handshake can carry', async () => {
  const warnings = vi.spyOn(log(), 'warn').mockReturnValue(undefined)
  onTestFinished(() => warnings.mockRestore())
  const grow = async (count: number) => {
    for (let i = 0; i < count; i++) await anAnchor(db, makeAuthority(`${'n'.repeat(60)} ${i} ${count}`, new Date()).der)
    await db.transaction((tx) => bumpTrustStore(tx, new Date()))
    await followTrust(db)
  }
  await grow(10)
  expect(warnings).not.toHaveBeenCalled()
  await grow(420)
  expect(warnings).toHaveBeenCalledWith(
    { names: 430, bytes: expect.any(Number) },
    expect.stringContaining('names in the trust store'),
  )
})
