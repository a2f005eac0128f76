import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

/** Gone with the test file. */
export async function makeTemporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-tls-'))
  afterAll(() => rm(directory, { recursive: true, force: true }))
  return directory
}
