import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase } from '@/db/client'
import { testContext } from '@/db/testing'
import { type ClientChain, makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { toPem } from '@/lib/certificates/to-pem'
import { endKey } from '@/lib/credentials/end-key'
import { retireUnusedSecrets } from '@/lib/credentials/retire-unused-secrets'
import { developmentCertificate, type ServerCertificate } from './development-certificate'
import { type Answer, basicOf, type Call, callTls } from './testing'

// The real product, twice on one database: one process on the development certificate; a cluster of two, on files of its own.
const BUILD_MS = 600_000
const directory = mkdtempSync(path.join(os.tmpdir(), 'countersign-processes-'))
chmodSync(directory, 0o755) // PostgreSQL's own user goes through it
const files = { cert: path.join(directory, 'server.pem'), key: path.join(directory, 'server.key') }
const children = new Set<ChildProcess>()
const now = new Date()
const root = makeAuthority('Trusted root', now)
const chain = makeClientChain({ root })

type Running = { child: ChildProcess; port: number; oneWay: number; twoWay: number; agent: https.Agent }
type Credentials = { application_id: string; client_id: string; client_secret: string }
let single: Running
let cluster: Running
let replicas: Running[]
let databaseUrl: string
let credentials: Credentials
let served: ServerCertificate

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function environment(variables: Record<string, string>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, DATA_DIR: path.join(directory, 'data'), LOG_LEVEL: 'error' }
  for (const name of ['DATABASE_URL', 'SECRET_KEY', 'DEMO', 'PUBLIC_URL', 'VITEST', 'NODE_ENV', 'TEST_PGBOUNCER']) {
    delete env[name]
  }
  return { ...env, ...variables }
}

async function start(variables: Record<string, string> = {}): Promise<Running> {
  const ports = [await freePort(), await freePort(), await freePort()] as const
  const [port, oneWay, twoWay] = ports
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    env: environment({ PORT: String(port), TLS_PORT: String(oneWay), MTLS_PORT: String(twoWay), ...variables }),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  children.add(child)
  let output = ''
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`ended: ${output}`)
    const ready = await callTls({ port: oneWay, path: '/readyz' }).catch(() => null)
    return ready?.status === 200
  })
  return { child, port, oneWay, twoWay, agent: new https.Agent({ keepAlive: true, maxSockets: 1 }) }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100))
}

async function countersign(...args: string[]): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, ['scripts/countersign.mjs', ...args, '--json'], {
    env: environment({}),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
  return JSON.parse(out)
}

async function writeLines(name: string, text: string): Promise<string> {
  const file = path.join(directory, name)
  await writeFile(file, text)
  return file
}

async function submit(submitted: ClientChain, application: Credentials): Promise<string> {
  const file = await writeLines(`${submitted.sha256}.pem`, submitted.pem)
  const report = await countersign('certificate', 'submit', '--application', application.application_id, file)
  return report.certificate_id as string
}

function call(replica: Running, client: ClientChain, options: Partial<Call> = {}): Promise<Answer> {
  const basic = `Basic ${Buffer.from(`${credentials.client_id}:${credentials.client_secret}`).toString('base64')}`
  return callTls({ port: replica.twoWay, cert: client.cert, key: client.key, basic, ...options })
}

/** Both replicas, over connections that stay open. */
async function everywhere(client: ClientChain): Promise<unknown[]> {
  const answers = await Promise.all(replicas.map((replica) => call(replica, client, { agent: replica.agent })))
  return answers.map(({ status, body }) => (status === 200 ? 200 : (body.code ?? status)))
}

function stop(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode)
    child.once('exit', resolve)
    child.kill('SIGTERM')
  })
}

async function useFiles(names: string[]): Promise<ServerCertificate> {
  const made = await developmentCertificate(path.join(directory, 'made'), names, now)
  await writeFile(`${files.cert}.new`, made.cert)
  await writeFile(`${files.key}.new`, made.key, { mode: 0o600 })
  await rename(`${files.cert}.new`, files.cert)
  await rename(`${files.key}.new`, files.key)
  return made
}

beforeAll(async () => {
  await mkdir(path.join(directory, 'data'))
  single = await start()
  const read = (name: string) => readFileSync(path.join(directory, 'data', name), 'utf8').trim()
  const port = read('postgres/postmaster.pid').split('\n')[3]
  databaseUrl = `postgres://countersign:${read('postgres.password')}@127.0.0.1:${port}/countersign`
  served = await useFiles(['localhost'])
  cluster = await start({
    DATABASE_URL: databaseUrl,
    SECRET_KEY: read('secret.key'),
    DEMO: '1',
    WORKERS: '2',
    TLS_CERT_FILE: files.cert,
    TLS_KEY_FILE: files.key,
  })
  replicas = [single, cluster]
  credentials = (await countersign(
    ...['application', 'create', '--owner', 'owner@demo.test', '--name', 'Two roads'],
  )) as Credentials
}, BUILD_MS)

afterAll(async () => {
  await Promise.all([...children].map(stop))
  rmSync(directory, { recursive: true, force: true })
}, 60_000)

test('an anchor added, and removed, on the command line counts on every replica without a restart', {
  timeout: 60_000,
}, async () => {
  expect(await everywhere(chain)).toEqual(['certificate-untrusted', 'certificate-untrusted'])
  const anchor = await countersign('anchor', 'add', await writeLines('root.pem', toPem([root.der])))
  await submit(chain, credentials)
  await until(async () => String(await everywhere(chain)) === '200,200')
  await countersign('anchor', 'remove', anchor.anchor_id as string)
  expect(await everywhere(chain)).toEqual(['certificate-untrusted', 'certificate-untrusted'])
  await countersign('anchor', 'add', path.join(directory, 'root.pem'))
  await until(async () => String(await everywhere(chain)) === '200,200')
})

test('an application suspended, or a chain revoked, is refused by the next request of open connections, on every replica', {
  timeout: 60_000,
}, async () => {
  const second = makeClientChain({ root })
  const certificateId = await submit(second, credentials)
  await until(async () => String(await everywhere(second)) === '200,200')
  const open = openSockets()
  expect(open.length).toBeGreaterThanOrEqual(2)

  const bearer = await anApplicationToken()
  expect(await onHostOne(bearer)).toEqual({ status: [200, 200], token: [421, 421] })
  await countersign('application', 'suspend', credentials.application_id)
  expect(await everywhere(second)).toEqual(['wrong-credentials', 'wrong-credentials'])
  expect(await onHostOne(bearer)).toEqual({ status: [401, 401], token: [401, 401] })
  await countersign('application', 'resume', credentials.application_id)
  expect(await everywhere(second)).toEqual([200, 200])
  expect(await onHostOne(bearer)).toEqual({ status: [200, 200], token: [421, 421] })
  expect(openSockets()).toEqual(open)

  const held = await connectFor(second)
  await countersign('certificate', 'revoke', certificateId)
  expect(await everywhere(second)).toEqual(['certificate-revoked', 'certificate-revoked'])
  await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('close', resolve))))
  expect(await everywhere(chain)).toEqual([200, 200])
})

async function anApplicationToken(): Promise<string> {
  const { client_id, client_secret } = credentials
  const body = JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret, scope: 'app' })
  const answer = await callTls({ port: single.oneWay, path: '/oa2/v1/cc/token', method: 'POST', body })
  return answer.body.access_token as string
}

/** What both replicas answer on the 1-way host: to a token that was issued before, and to the client itself. */
async function onHostOne(bearer: string): Promise<{ status: number[]; token: number[] }> {
  const basic = `Basic ${Buffer.from(`${credentials.client_id}:${credentials.client_secret}`).toString('base64')}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = 'grant_type=client_credentials'
  const ask = async (options: Partial<Call>) =>
    Promise.all(replicas.map(async ({ oneWay }) => (await callTls({ port: oneWay, ...options })).status))
  return {
    status: await ask({ path: '/oa2/v1/status', headers: { authorization: `Bearer ${bearer}` } }),
    token: await ask({ path: '/oauth2/token', method: 'POST', basic, body, headers }),
  }
}

test('every replica has a changed trust store within a second of the command', { timeout: 90_000 }, async () => {
  const took: number[] = []
  for (let i = 0; i < 3; i++) {
    // A root of its own each time; that nobody submitted the leaf, or too often, is told only once it leads to one.
    const fresh = makeClientChain()
    const file = await writeLines(`${fresh.sha256}.root.pem`, toPem([fresh.root.der]))
    await countersign('anchor', 'add', file)
    const done = Date.now()
    await until(async () => !(await everywhere(fresh)).includes('certificate-untrusted'))
    took.push(Date.now() - done)
  }
  // The machine may be busy with something else: once is enough to show that nothing waits longer.
  expect(Math.min(...took)).toBeLessThan(1000)
})

function openSockets(): unknown[] {
  return replicas.flatMap(({ agent }) =>
    Object.values(agent.freeSockets)
      .flat()
      .map((socket) => socket?.localPort),
  )
}

/** Connections that have made one request and make no other: what a revocation finds open, and closes. */
async function connectFor({ cert, key }: ClientChain): Promise<tls.TLSSocket[]> {
  return Promise.all(
    replicas.map(
      ({ twoWay }) =>
        new Promise<tls.TLSSocket>((resolve, reject) => {
          const socket = tls.connect({ host: '127.0.0.1', port: twoWay, cert, key, rejectUnauthorized: false })
          socket.once('secureConnect', () =>
            socket.write(`GET /v1/nothing HTTP/1.1\r\nHost: localhost:${twoWay}\r\n\r\n`),
          )
          socket.once('data', () => resolve(socket))
          socket.once('error', reject)
        }),
    ),
  )
}

function shownBy(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '')
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

test('new server files are shown by every process of a cluster; open connections stay; a pair that does not fit is left', {
  timeout: 60_000,
}, async () => {
  const before = await shownBy(cluster.twoWay)
  expect(await everywhere(chain)).toEqual([200, 200])
  const [held] = Object.values(cluster.agent.freeSockets).flat()
  await writeFile(files.cert, 'no certificate')
  await new Promise((resolve) => setTimeout(resolve, 2500))
  expect(await shownBy(cluster.twoWay)).toBe(before)
  await writeFile(files.cert, served.cert)
  await useFiles(['localhost', 'new.example'])
  // Two processes take turns: a run of new ones means that both have it.
  for (const port of [cluster.oneWay, cluster.twoWay]) {
    let run = 0
    await until(async () => {
      run = (await shownBy(port)) === before ? 0 : run + 1
      return run > 8
    })
  }
  expect(await everywhere(chain)).toEqual([200, 200])
  expect(Object.values(cluster.agent.freeSockets).flat()[0]).toBe(held)
})

test('clients that change over while secret and key are rotated, and the old ones retired, lose no request on any process', {
  timeout: 240_000,
}, async () => {
  const { db, close } = connectDatabase(databaseUrl, { prepare: true, max: 2 })
  const created = await countersign('application', 'create', '--owner', 'owner@demo.test', '--name', 'Changing over')
  const old = created as Credentials
  const ofApplication = ['--application', old.application_id]
  const clients = keepCalling(old)
  await clients.goOn()
  const secret = await countersign('secret', 'rotate', ...ofApplication, '--overlap', '1h', '--unused', '1')
  await clients.goOn()
  await clients.changeTo({ client_secret: secret.client_secret as string })
  await retire((secret.previous as { secret_id: string }[])[0]?.secret_id as string)
  await clients.goOn()
  const key = await countersign('key', 'rotate', ...ofApplication, '--overlap', '1h')
  await clients.goOn()
  await clients.changeTo({ client_id: key.client_id as string })
  await endKey(testContext(db, { kind: 'operator', name: 'test' }), { clientId: old.client_id })
  await clients.goOn()
  const { answers, held } = await clients.stop()
  expect(answers).toEqual({ 200: expect.any(Number) })
  expect(answers[200]).toBeGreaterThan(400)

  const fresh = held[0] as Client
  for (const replica of replicas) {
    expect((await fetchFamilyA(replica, fresh)).status).toBe(200)
    for (const ended of [old, { ...fresh, client_id: old.client_id }, { ...fresh, client_secret: old.client_secret }]) {
      expect((await fetchFamilyA(replica, ended)).status).toBe(401)
    }
  }
  await close()

  /** As if two hours had gone by since the choice and the last use, as far as every process has told of its uses. */
  async function retire(secretId: string) {
    const changedOver = new Date().toISOString()
    await until(async () => {
      const [row] = await db.execute(`select min(flushed_until) > '${changedOver}' as told from usage_reports`)
      return row?.told === true
    })
    await db.execute(`update application_secrets set retirement_chosen_at = retirement_chosen_at - interval '2 hours'
      where id = '${secretId}'`)
    // Tokens that were fetched with it are in use, which counts, and any process may tell of that in between.
    await until(async () => {
      await db.execute(
        `update usage_marks set last_used_at = now() - interval '2 hours' where subject_id = '${secretId}'`,
      )
      await retireUnusedSecrets(testContext(db, { kind: 'system', name: 'retirement' }))
      const [row] = await db.execute(`select ends_because from application_secrets where id = '${secretId}'`)
      return row?.ends_because === 'unused'
    })
  }
})

type Client = Pick<Credentials, 'client_id' | 'client_secret'>

function fetchFamilyA(replica: Running, client: Client, agent?: https.Agent): Promise<Answer> {
  const { client_id, client_secret } = client
  const body = JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret, scope: 'app' })
  const call = { port: replica.oneWay, path: '/oa2/v1/cc/token', method: 'POST', body }
  return callTls(agent ? { ...call, agent } : call)
}

/** Programs that fetch tokens and use them, each at both replicas, until they are stopped. */
function keepCalling(first: Client) {
  const held = Array.from({ length: 6 }, () => first)
  const rounds = held.map(() => 0)
  const answers: Record<string, number> = {}
  let isStopped = false
  const work = Promise.all(held.map((_, n) => callOn(n)))

  /** Each of them has begun and ended so many rounds since. */
  async function hasCalled(numbers: number[], more: number) {
    const targets = numbers.map((n) => (rounds[n] as number) + more)
    await until(async () => isStopped || numbers.every((n, i) => (rounds[n] as number) >= (targets[i] as number)))
  }

  return {
    goOn: () => hasCalled([...held.keys()], 4),
    /** One after the other. What was begun before is answered in the first round; the second is with what is new. */
    changeTo: async (change: Partial<Client>) => {
      for (const n of held.keys()) {
        held[n] = { ...(held[n] as Client), ...change }
        await hasCalled([n], 2)
      }
    },
    stop: async () => {
      isStopped = true
      await work
      return { answers, held }
    },
  }

  async function callOn(n: number) {
    const agent = new https.Agent({ keepAlive: true })
    const [here, there] = (n % 2 ? [single, cluster] : [cluster, single]) as [Running, Running]
    let earliest: string | undefined
    while (!isStopped) {
      const client = held[n] as Client
      const token = await note(fetchFamilyA(here, client, agent))
      await note(fetchToken(here, client, agent))
      const bearer = token?.body.access_token as string
      earliest ??= bearer
      await note(readStatus(there, bearer, agent))
      // Tokens that were fetched with what has ended live on.
      await note(readStatus(here, earliest, agent))
      rounds[n] = (rounds[n] as number) + 1
      // The commands run on the same machine.
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    agent.destroy()
  }

  async function note(answering: Promise<Answer>): Promise<Answer | null> {
    const answer = await answering.catch((error: NodeJS.ErrnoException) => error.code ?? error.message)
    const outcome = typeof answer === 'string' ? answer : answer.status
    answers[outcome] = (answers[outcome] ?? 0) + 1
    return typeof answer === 'string' ? null : answer
  }
}

function fetchToken(replica: Running, client: Client, agent: https.Agent): Promise<Answer> {
  const basic = basicOf({ clientId: client.client_id, clientSecret: client.client_secret })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = 'grant_type=client_credentials'
  return callTls({ port: replica.oneWay, path: '/oauth2/token', method: 'POST', basic, body, headers, agent })
}

function readStatus(replica: Running, bearer: string, agent: https.Agent): Promise<Answer> {
  return callTls({
    port: replica.oneWay,
    path: '/oa2/v1/status',
    headers: { authorization: `Bearer ${bearer}` },
    agent,
  })
}

test('the generated keys are nobody else’s to read', async () => {
  const modes = ['tls', 'tls/ca.key', 'tls/server.pem', 'tls/ca.pem'].map((name) => {
    return (statSync(path.join(directory, 'data', name)).mode & 0o777).toString(8)
  })
  expect(modes).toEqual(['700', '600', '600', '644'])
  const ca = await readFile(path.join(directory, 'data', 'tls', 'ca.pem'), 'utf8')
  const answer = await call(single, chain, { ca, rejectUnauthorized: true })
  expect(answer.status).toBe(200)
})

test('a cluster told to stop finishes what was begun over mutual TLS, closes what is idle, and ends well', {
  timeout: 60_000,
}, async () => {
  const idle = await connectFor(chain)
  const closed = new Promise((resolve) => idle[1]?.once('close', resolve))
  let going = true
  const statuses: unknown[] = []
  const workers = Array.from({ length: 8 }, async () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
    while (going) {
      const answer = await call(cluster, chain, { agent }).catch((error: NodeJS.ErrnoException) => error.code)
      if (typeof answer === 'object') statuses.push(answer.status)
      else if (answer === 'ECONNREFUSED') break
    }
    agent.destroy()
  })
  await until(async () => statuses.length > 100)
  expect(await stop(cluster.child)).toBe(0)
  going = false
  await Promise.all([...workers, closed])
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(await call(single, chain)).toMatchObject({ status: 200 })
})
