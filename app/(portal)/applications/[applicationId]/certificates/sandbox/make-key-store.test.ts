import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { readCsr } from '@/lib/certificates/read-csr'
import { anAuthority, issueChain } from '@/lib/certificates/testing/issue-chain'
import { exportPrivateKey, makeCsr, newKeyPair } from './browser-key'
import { makeKeyStore } from './make-key-store'

const run = promisify(execFile)
const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-key-store-'))
afterAll(() => rm(directory, { recursive: true, force: true }))

test('a request of a browser key proves that key', async () => {
  const keys = await newKeyPair()
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey))
  expect(readCsr(await makeCsr(keys)).equals(spki)).toBe(true)
})

test('OpenSSL opens the key store without its legacy provider: key and chain, strongly encrypted', async () => {
  const keys = await newKeyPair()
  const chain = issueChain(anAuthority(new Date()), new Date())
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  const file = path.join(directory, 'store.p12')
  await writeFile(file, Buffer.from(await makeKeyStore(pkcs8, chain, 'a pass phrase, è lunga')))
  const open = (...options: string[]) =>
    run('openssl', ['pkcs12', '-in', file, '-passin', 'pass:a pass phrase, è lunga', ...options])
  const { stdout, stderr } = await open('-info', '-nodes')
  expect(stderr).toContain('MAC: sha256')
  expect(stderr.match(/PBES2, PBKDF2, AES-256-CBC, Iteration 210000, PRF hmacWithSHA256/g)).toHaveLength(2)
  expect(stdout).toContain((await exportPrivateKey(keys)).trim())
  expect(stdout.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
  await expect(run('openssl', ['pkcs12', '-in', file, '-passin', 'pass:wrong', '-nokeys'])).rejects.toThrow()
})
