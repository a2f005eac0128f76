import { expect, onTestFinished, test } from 'vitest'
import { testDatabase } from '@/db/testing'
import { bumpTrustStore } from '@/lib/certificates/bump-trust-store'
import { readTrustStoreSpread } from '@/lib/certificates/report-trust-store'
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
