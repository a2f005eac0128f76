import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { exportPKCS8 } from 'jose'
import { expect, test } from 'vitest'
import { aPublicKey } from '@/lib/oauth/testing/call-oauth'
import { makeTemporaryDirectory } from '../tls/testing'
import { CALLBACK, SCOPE, startAuthorizationServer } from './testing/start-authorization-server'

const PYTHON = '/usr/bin/python3'
const AUTHLIB = '/usr/lib/python3/dist-packages/authlib/__init__.py'
const server = await startAuthorizationServer()

// Where the machine has Python and Debian's package of Authlib, which the test command installs where it can.
const isThere = existsSync(PYTHON) && existsSync(AUTHLIB)
const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const

test.skipIf(!isThere).for(METHODS)(
  'Authlib: code and PKCE by %s, refresh, introspection, revocation',
  async (method) => {
    const application = await server.register()
    const { clientId, clientSecret } = application
    const key = method === 'private_key_jwt' ? await aPublicKey(server.db, application) : null
    // To Authlib a certificate is no method: it sends the client_id, and the connection says the rest.
    const chain = method === 'none' ? await server.submitChain(application) : null
    const directory = await makeTemporaryDirectory()
    const given = {
      issuer: server.issuer.origin,
      api: (chain ? server.api : server.issuer).origin,
      client_id: clientId,
      client_secret: key ? await exportPKCS8(key.privateKey) : clientSecret,
      kid: key?.kid ?? null,
      certificate: chain && (await keep('client.pem', chain.cert)),
      key: chain && (await keep('client.key', chain.key)),
      scope: SCOPE,
      redirect_uri: CALLBACK,
      method,
      ca: server.caFile,
    }
    const child = spawn(PYTHON, ['server/clients/authlib-client.py', JSON.stringify(given)], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let complaints = ''
    child.stderr.on('data', (part) => {
      complaints += part
    })
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const location = await lines.next()
    if (location.done) throw new Error(complaints)
    child.stdin.write(`${await server.allow(location.value)}\n`)
    const outcome = await lines.next()
    if (outcome.done) throw new Error(complaints)
    expect(JSON.parse(outcome.value)).toEqual({ scope: SCOPE, rotated: true, before: true, after: false })
    expect(await ended).toBe(0)

    async function keep(name: string, text: string): Promise<string> {
      const file = path.join(directory, name)
      await writeFile(file, text)
      return file
    }
  },
)
