import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'

// The real product as `npm start` runs it, on a directory of its own. It builds first where nothing is built.
const BUILD_MS = 600_000
const directory = mkdtempSync(path.join(os.tmpdir(), 'countersign-start-'))
const children = new Set<ChildProcess>()

afterAll(async () => {
  await Promise.all([...children].map((child) => end(child, 'SIGTERM')))
  rmSync(directory, { recursive: true, force: true })
}, 60_000)

type Running = { child: ChildProcess; origin: string; output: () => string }

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function environment(variables: Record<string, string>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATA_DIR: directory,
    LOG_LEVEL: 'error',
    TLS_PORT: '0',
    MTLS_PORT: '0',
    ...variables,
  }
  for (const name of ['DATABASE_URL', 'SECRET_KEY', 'DEMO', 'PUBLIC_URL', 'VITEST', 'NODE_ENV', 'TEST_PGBOUNCER']) {
    if (!(name in variables)) delete env[name]
  }
  return env
}

function launch(
  variables: Record<string, string>,
  options: { detached?: boolean } = {},
): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    env: environment(variables),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  })
  children.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk
    })
  }
  return { child, output: () => output }
}

async function start(variables: Record<string, string> = {}): Promise<Running> {
  const port = await freePort()
  const launched = launch({ PORT: String(port), ...variables })
  const origin = `http://localhost:${port}`
  await until(async () => {
    if (launched.child.exitCode !== null) throw new Error(`ended: ${launched.output()}`)
    return (await statusOf(`${origin}/readyz`)) === 200
  })
  return { ...launched, origin }
}

async function statusOf(url: string, init?: RequestInit): Promise<number | null> {
  return fetch(url, init).then(
    (response) => response.status,
    () => null,
  )
}

async function until(check: () => Promise<boolean>, everyMs = 100): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, everyMs))
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode)
    child.once('exit', (code) => resolve(code))
    child.kill(signal)
  })
}

function postmasterPid(): number {
  return Number(readFileSync(path.join(directory, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
}

async function countersign(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['scripts/countersign.mjs', ...args, '--json'], {
    env: environment({}),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { code, out, err }
}

type Credentials = { client_id: string; client_secret: string }
let credentials: Credentials
/** What one test leaves running, the next goes on with: a start takes seconds. */
let left: Running | null = null

async function goOn(): Promise<Running> {
  const found = left ?? (await start())
  left = null
  return found
}

/** Asks for tokens on many connections until told to stop; returns those that were answered. */
function hammer(origin: string): { answered: string[]; stop(): Promise<void> } {
  const answered: string[] = []
  let going = true
  const worker = async () => {
    while (going) {
      const response = await fetch(`${origin}/oa2/v1/cc/token`, {
        method: 'POST',
        body: JSON.stringify({ grant_type: 'client_credentials', scope: 'app', ...credentials }),
      }).catch(() => null)
      const body = (await response?.json().catch(() => null)) as { access_token?: string } | null
      if (response?.status === 200 && body?.access_token) answered.push(body.access_token)
      else await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const workers = Array.from({ length: 24 }, worker)
  return {
    answered,
    stop: async () => {
      going = false
      await Promise.all(workers)
    },
  }
}

async function lostOf(origin: string, tokens: string[]): Promise<string[]> {
  const statuses = await Promise.all(
    tokens.map((token) => statusOf(`${origin}/oa2/v1/status`, { headers: { authorization: `Bearer ${token}` } })),
  )
  return tokens.filter((_, index) => statuses[index] !== 200)
}

test('a first start serves, says where and how to sign in, and the command line works beside it', {
  timeout: BUILD_MS,
}, async () => {
  const running = await start()
  await until(async () => running.output().includes('owner@demo.test'))
  expect(running.output()).toContain(running.origin)
  const demo = await countersign('demo')
  expect(JSON.parse(demo.out).people.map(({ email }: { email: string }) => email)).toContain('payer@demo.test')
  const created = await countersign('application', 'create', '--owner', 'owner@demo.test', '--name', 'Durable')
  expect(created.err).toBe('')
  credentials = JSON.parse(created.out)
  expect(await statusOf(`${running.origin}/sign-in`)).toBe(200)

  const second = launch({ PORT: String(await freePort()) })
  expect(await new Promise((resolve) => second.child.once('exit', resolve))).toBe(1)
  expect(second.output()).toMatch(/is in use by another Countersign \(process \d+/)

  expect(await end(running.child, 'SIGTERM')).toBe(0)
  expect(existsSync(path.join(directory, 'postgres', 'postmaster.pid'))).toBe(false)
})

test('a first start that is killed while its database is being made is followed by one that serves', {
  timeout: BUILD_MS,
}, async () => {
  const fresh = mkdtempSync(path.join(os.tmpdir(), 'countersign-killed-'))
  try {
    const first = launch({ DATA_DIR: fresh, PORT: String(await freePort()) }, { detached: true })
    // initdb writes PG_VERSION first; its catalogs take much longer.
    await until(async () => {
      if (first.child.exitCode !== null) throw new Error(`ended: ${first.output()}`)
      return readdirSync(fresh).some((name) => existsSync(path.join(fresh, name, 'PG_VERSION')))
    }, 1)
    process.kill(-(first.child.pid as number), 'SIGKILL')
    const running = await start({ DATA_DIR: fresh })
    expect(readdirSync(fresh).filter((name) => name.startsWith('postgres.'))).toEqual(['postgres.password'])
    expect(await end(running.child, 'SIGTERM')).toBe(0)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
})

test('every answered token survives kill -9 of the process and of PostgreSQL right after the answer', {
  timeout: BUILD_MS,
}, async () => {
  const running = await goOn()
  const load = hammer(running.origin)
  await until(async () => load.answered.length > 500)
  process.kill(postmasterPid(), 'SIGKILL')
  running.child.kill('SIGKILL')
  await load.stop()
  const again = await start()
  expect(await lostOf(again.origin, load.answered)).toEqual([])
  left = again
})

test('a process killed alone leaves PostgreSQL running; of two that start then one takes it over with nothing lost', {
  timeout: BUILD_MS,
}, async () => {
  const running = await goOn()
  const load = hammer(running.origin)
  await until(async () => load.answered.length > 200)
  const leftover = postmasterPid()
  await end(running.child, 'SIGKILL')
  await load.stop()
  process.kill(leftover, 0) // still there, or this throws
  const starts = await Promise.allSettled([start(), start()])
  const [again] = starts.filter((result) => result.status === 'fulfilled').map((result) => result.value)
  const [refused, ...others] = starts.filter((result) => result.status === 'rejected').map((result) => result.reason)
  expect(String(refused)).toMatch(/is in use by another Countersign/)
  expect(others).toEqual([])
  if (!again) throw new Error('both were refused')
  expect(() => process.kill(leftover, 0)).toThrow()
  expect(await lostOf(again.origin, load.answered)).toEqual([])
  left = again
})

test('a database that goes away in the middle is 503 with Retry-After, and comes back by itself', {
  timeout: BUILD_MS,
}, async () => {
  const running = await goOn()
  const load = hammer(running.origin)
  await until(async () => load.answered.length > 100)
  process.kill(postmasterPid(), 'SIGKILL')
  const statuses = new Set<number | null>()
  await until(async () => {
    const response = await fetch(`${running.origin}/oa2/v1/cc/token`, {
      method: 'POST',
      body: JSON.stringify({ grant_type: 'client_credentials', scope: 'app', ...credentials }),
    })
    statuses.add(response.status)
    if (response.status === 503) expect(response.headers.get('retry-after')).not.toBeNull()
    return response.status === 200 && (await statusOf(`${running.origin}/readyz`)) === 200
  })
  await load.stop()
  expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([])
  expect(await lostOf(running.origin, load.answered)).toEqual([])
  await end(running.child, 'SIGTERM')
})

test('two processes on one set of ports serve, and each knows the tokens of the other', {
  timeout: BUILD_MS,
}, async () => {
  const running = await start({ WORKERS: '2' })
  const load = hammer(running.origin)
  await until(async () => load.answered.length > 100)
  await load.stop()
  expect(await lostOf(running.origin, load.answered)).toEqual([])
  expect(await end(running.child, 'SIGTERM')).toBe(0)
})

test('a malformed environment stops the start with the whole list of problems', { timeout: BUILD_MS }, async () => {
  const launched = launch({ PORT: 'http', DEMO: 'yes', SECRET_KEY: 'short', TLS_CERT_FILE: 'x' })
  expect(await new Promise((resolve) => launched.child.once('exit', resolve))).toBe(1)
  for (const name of ['PORT', 'DEMO', 'SECRET_KEY', 'TLS_KEY_FILE']) expect(launched.output()).toContain(name)
  expect(launched.output()).not.toContain('short\n')
})
