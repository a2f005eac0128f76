import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { openSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

/** One running Countersign of its own: what `npm start` runs, on a free port, with a data directory that ends with it. */
export type Product = {
  url: string
  dataDir: string
  /** Loopback ports that the outbound guard lets through, for push services that tests serve: one for each worker. */
  pushPorts: number[]
  stop(): Promise<void>
}

export const DEMO_PASSWORD = 'correct horse battery staple'
const START_MS = 240_000
const STOP_MS = 20_000

type StartOptions = {
  pushServices: number
  /** Variables that this one has besides, for example SMTP_URL. */
  settings?: Record<string, string>
}

export async function startProduct(options: StartOptions): Promise<Product> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'countersign-e2e-'))
  const [port, mtlsPort, ...pushPorts] = await freePorts(options.pushServices + 2)
  const url = `http://localhost:${port}`
  const log = openSync(path.join(dataDir, 'server.log'), 'a')
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    stdio: ['ignore', log, log],
    env: {
      ...withoutSettings(process.env),
      ...settings(dataDir, Number(port)),
      MTLS_PORT: String(mtlsPort),
      ...options.settings,
      OUTBOUND_ALLOW: pushPorts.map((pushPort) => `127.0.0.1:${pushPort}`).join(','),
    },
  })
  const stop = async () => {
    await stopProcess(child)
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    await waitUntilReady(url, child)
  } catch (error) {
    const said = await readFile(path.join(dataDir, 'server.log'), 'utf8')
    await stop()
    throw new Error(`The product did not start:\n${said.slice(-4000)}`, { cause: error })
  }
  return { url, dataDir, pushPorts, stop }
}

/** A command beside the running server, as an operator would give it; its JSON answer. */
export async function runCommand<T>(product: { url: string; dataDir: string }, words: string[]): Promise<T> {
  const env = { ...withoutSettings(process.env), ...settings(product.dataDir, Number(new URL(product.url).port)) }
  const { stdout } = await new Promise<{ stdout: string }>((resolve, reject) => {
    execFile(process.execPath, ['scripts/countersign.mjs', ...words, '--json'], { env }, (error, out, said) =>
      error ? reject(new Error(`countersign ${words.join(' ')}: ${said}`, { cause: error })) : resolve({ stdout: out }),
    )
  })
  return JSON.parse(stdout) as T
}

function settings(dataDir: string, port: number) {
  return { DATA_DIR: dataDir, PORT: String(port), TLS_PORT: '0', MTLS_PORT: '0', DEMO_PASSWORD, LOG_LEVEL: 'warn' }
}

/** Whatever the person who runs the tests has set for their own installation stays out of it. */
function withoutSettings(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own =
    /^(HOST|PORT|TLS_PORT|MTLS_PORT|PUBLIC_URL|RP_ID|API_URL|DATABASE_URL|DATA_DIR|SECRET_KEY|SMTP_URL|DEMO|WORKERS|TRUSTED_PROXY_SECRET|NODE_ENV|FORCE_COLOR)$/
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !own.test(name))) as NodeJS.ProcessEnv
}

/** Below the ports that systems give to outgoing connections, one of which could take it before the product does. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = randomInt(10_000, 32_000)
    if (await isFree(port)) ports.add(port)
  }
  return [...ports]
}

function isFree(port: number): Promise<boolean> {
  const server = net.createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, () => server.close(() => resolve(true)))
  })
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + START_MS
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error('it was not ready in time')
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const cut = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(cut)
}
