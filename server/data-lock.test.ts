import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DataDirectoryInUseError, lockDataDirectory, lockHolder } from './data-lock'

const parent = mkdtempSync(path.join(os.tmpdir(), 'countersign-lock-'))
afterAll(() => rmSync(parent, { recursive: true, force: true }))

function aDirectory(): string {
  return mkdtempSync(path.join(parent, 'data-'))
}

/** A directory whose holder was killed. */
function aStaleDirectory(): string {
  const directory = aDirectory()
  const { pid } = spawnSync(process.execPath, ['-e', '0'])
  writeFileSync(path.join(directory, 'lock.1.json'), JSON.stringify({ pid, startedAt: '1', purpose: 'server' }))
  return directory
}

async function takers(directory: string, count: number) {
  const taken = await Promise.allSettled(Array.from({ length: count }, () => lockDataDirectory(directory, 'server')))
  const held = taken.filter((result) => result.status === 'fulfilled').map((result) => result.value)
  const reasons = taken.filter((result) => result.status === 'rejected').map((result) => result.reason)
  return { held, reasons }
}

test('of many that take over one stale lock at once exactly one holds the directory', async () => {
  for (let round = 0; round < 20; round++) {
    const directory = aStaleDirectory()
    const { held, reasons } = await takers(directory, 8)
    expect(held).toHaveLength(1)
    for (const reason of reasons) expect(reason).toBeInstanceOf(DataDirectoryInUseError)
    expect(await lockHolder(directory)).toMatchObject({ pid: process.pid, purpose: 'server' })
  }
})

test('a lock that is given back again and again is held by one at a time', async () => {
  const directory = aDirectory()
  let holders = 0
  let taken = 0
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let attempt = 0; attempt < 30; attempt++) {
        const release = await lockDataDirectory(directory, 'command').catch((error: unknown) => {
          if (!(error instanceof DataDirectoryInUseError)) throw error
          return null
        })
        if (!release) continue
        expect(++holders).toBe(1)
        taken++
        await new Promise((resolve) => setImmediate(resolve))
        holders--
        await release()
      }
    }),
  )
  expect(taken).toBeGreaterThan(1)
  expect(await lockHolder(directory)).toBeNull()
  expect(readdirSync(directory)).toHaveLength(1)
})

test('a recycled process id does not hold the directory', async () => {
  const directory = aDirectory()
  writeFileSync(
    path.join(directory, 'lock.7.json'),
    JSON.stringify({ pid: process.pid, startedAt: '1', purpose: 'server' }),
  )
  expect(await lockHolder(directory)).toBeNull()
  const release = await lockDataDirectory(directory, 'server')
  expect(readdirSync(directory)).toEqual(['lock.8.json'])
  await release()
})
