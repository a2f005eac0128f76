import { execFile } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { compactVerify } from 'jose'
import { afterAll, expect, test } from 'vitest'
import { assertionLine } from './assertion-line'

const run = promisify(execFile)
const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-line-'))
afterAll(() => rm(directory, { recursive: true, force: true }))

const PAIRS = {
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
} satisfies Record<string, () => { publicKey: KeyObject; privateKey: KeyObject }>

test.each(Object.keys(PAIRS) as (keyof typeof PAIRS)[])(
  'the line signs with %s as it stands, whatever the kid',
  async (algorithm) => {
    const { publicKey, privateKey } = PAIRS[algorithm]()
    await writeFile(path.join(directory, 'private.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const kid = `it's"$HOME\`id\`\\n`
    const place = { issuer: 'https://as.example', origin: 'https://api.example', isMutual: true, clientId: 'ab12' }
    const line = assertionLine({ ...place, kid, algorithm })
    expect(line).toContain('curl https://api.example/oauth2/token')
    expect(line).toContain('--cert')
    const [assign] = line.split('\ncurl ')
    const { stdout } = await run('/bin/sh', ['-c', `${assign}\nprintf %s "$ASSERTION"`], { cwd: directory })
    const { payload, protectedHeader } = await compactVerify(stdout, publicKey)
    expect(protectedHeader).toEqual({ alg: algorithm, kid })
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
      iss: 'ab12',
      sub: 'ab12',
      aud: 'https://as.example',
    })
  },
)
