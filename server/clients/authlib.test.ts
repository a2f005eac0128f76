import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { CALLBACK, SCOPE, startAuthorizationServer } from './testing/start-authorization-server'

const PYTHON = '/usr/bin/python3'
const AUTHLIB = '/usr/lib/python3/dist-packages/authlib/__init__.py'
const server = await startAuthorizationServer()

// Where the machine has Python and Debian's package of Authlib, which the test command installs where it can.
test.skipIf(!existsSync(PYTHON) || !existsSync(AUTHLIB)).for(['client_secret_basic', 'client_secret_post'])(
  'Authlib: code and PKCE by %s, refresh, introspection, revocation',
  async (method) => {
    const { clientId, clientSecret } = await server.register()
    const given = {
      issuer: server.issuer.origin,
      client_id: clientId,
      client_secret: clientSecret,
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
  },
)
