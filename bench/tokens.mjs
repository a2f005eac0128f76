// `npm run bench`: tokens/s of POST /oa2/v1/cc/token against peers in the same run, in interleaved rounds. Prints medians and
// ratios and writes bench/results/DATE.json. Loopback only, bounded: ROUNDS × SECONDS per peer and connection count.
import { fork, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import autocannon from 'autocannon'
import postgres from 'postgres'

export const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)
export const SECONDS = Number(process.env.BENCH_SECONDS ?? 5)
const CONNECTIONS = [32, 128]
/** What the product sets out to reach, as ratios of one run. */
const TARGETS = [
  { connections: 128, peer: 'oidc-provider, in memory', ratio: 1.5 },
  { connections: 128, peer: 'oidc-provider, PostgreSQL', ratio: 2.5 },
  { connections: 128, peer: 'bare echo', ratio: 0.3 },
  { connections: 32, peer: 'oidc-provider, in memory', ratio: 1.1 },
]
const PRODUCT = 'countersign'

const directory = mkdtempSync(path.join(os.tmpdir(), 'countersign-bench-'))
chmodSync(directory, 0o755) // PostgreSQL's own user goes through it
const children = []

function freePort() {
  return 20_000 + Math.floor(Math.random() * 20_000)
}

/** On a data directory of that name; one application asks. */
export async function startProduct(name = PRODUCT) {
  const port = freePort()
  const dataDir = path.join(directory, name)
  const env = {
    ...process.env,
    PORT: String(port),
    TLS_PORT: '0',
    MTLS_PORT: '0',
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env.BENCH_LOG_LEVEL ?? 'info',
  }
  for (const name of ['DATABASE_URL', 'SECRET_KEY', 'DEMO', 'PUBLIC_URL']) delete env[name]
  const child = spawn(process.execPath, ['scripts/start.mjs'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  children.push(child)
  const origin = `http://localhost:${port}`
  await until(async () => (await fetch(`${origin}/readyz`)).status === 200, 300_000)
  const application = JSON.parse(
    await cli(env, ['application', 'create', '--owner', 'owner@demo.test', '--name', 'Bench', '--json']),
  )
  const lines = readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  const password = readFileSync(path.join(dataDir, 'postgres.password'), 'utf8').trim()
  return {
    name,
    url: `http://127.0.0.1:${port}/oa2/v1/cc/token`,
    contentType: 'application/json',
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: application.client_id,
      client_secret: application.client_secret,
      scope: 'app',
    }),
    databaseUrl: `postgres://countersign:${password}@127.0.0.1:${lines[3]}/countersign`,
  }
}

function cli(env, args) {
  return new Promise((resolve, reject) => {
    let out = ''
    const child = spawn(process.execPath, ['scripts/countersign.mjs', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.on('exit', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`countersign ${args[0]} ended with ${code}`)),
    )
  })
}

async function startPeer(name, file, extra = {}) {
  const port = freePort()
  const env = { ...process.env, PORT: String(port), NODE_ENV: 'production', ...extra }
  const child = fork(file, { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  children.push(child)
  await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)))
  })
  return { name, port }
}

async function until(check, ms) {
  const deadline = Date.now() + ms
  for (;;) {
    if (await check().catch(() => false)) return
    if (Date.now() > deadline) throw new Error('not ready in time')
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

export async function measure(target, connections, seconds) {
  const result = await autocannon({
    url: target.url,
    method: 'POST',
    headers: { 'content-type': target.contentType },
    body: target.body,
    connections,
    duration: seconds,
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${target.name}: ${result.non2xx} refusals, ${result.errors} errors`)
  return { rate: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 }
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

async function bench() {
  const clientId = randomBytes(16).toString('hex')
  const clientSecret = randomBytes(32).toString('hex')
  const product = await startProduct()
  const admin = postgres(product.databaseUrl, { max: 1, onnotice: () => undefined })
  await admin`create database peer`
  await admin.end()
  const peerDatabase = product.databaseUrl.replace(/\/countersign$/, '/peer')
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'app',
  })
  const credentials = { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret }
  const asPeer = (peer, route) => ({
    name: peer.name,
    url: `http://127.0.0.1:${peer.port}${route}`,
    contentType: route === '/token' ? 'application/x-www-form-urlencoded' : 'application/json',
    body: route === '/token' ? form.toString() : product.body,
  })
  const targets = [
    product,
    asPeer(await startPeer('oidc-provider, in memory', 'bench/peers/oidc-provider.mjs', credentials), '/token'),
    asPeer(
      await startPeer('oidc-provider, PostgreSQL', 'bench/peers/oidc-provider.mjs', {
        ...credentials,
        ADAPTER: 'postgres',
        DATABASE_URL: peerDatabase,
      }),
      '/token',
    ),
    asPeer(await startPeer('bare echo', 'bench/peers/echo.mjs'), '/'),
  ]
  for (const target of targets) await measure(target, 32, 2) // warm
  const samples = new Map()
  for (let round = 0; round < ROUNDS; round++) {
    for (const connections of CONNECTIONS) {
      for (const target of targets) {
        const key = `${target.name}|${connections}`
        samples.set(key, [...(samples.get(key) ?? []), await measure(target, connections, SECONDS)])
      }
    }
  }
  const rows = [...samples].map(([key, list]) => {
    const [name, connections] = key.split('|')
    return {
      name,
      connections: Number(connections),
      rate: Math.round(median(list.map(({ rate }) => rate))),
      p50: median(list.map(({ p50 }) => p50)),
      p99: median(list.map(({ p99 }) => p99)),
    }
  })
  const rateOf = (name, connections) => rows.find((row) => row.name === name && row.connections === connections).rate
  const ratios = CONNECTIONS.flatMap((connections) =>
    targets.slice(1).map(({ name }) => ({
      peer: name,
      connections,
      ratio: Number((rateOf(PRODUCT, connections) / rateOf(name, connections)).toFixed(2)),
      target: TARGETS.find((target) => target.peer === name && target.connections === connections)?.ratio ?? null,
    })),
  )
  print(rows, ratios)
  save({ rows, ratios })
}

function print(rows, ratios) {
  process.stdout.write(
    `\n${'server'.padEnd(28)}${'conn'.padStart(6)}${'tokens/s'.padStart(10)}${'p50 ms'.padStart(8)}${'p99 ms'.padStart(8)}\n`,
  )
  for (const row of rows) {
    process.stdout.write(
      `${row.name.padEnd(28)}${String(row.connections).padStart(6)}${String(row.rate).padStart(10)}${String(row.p50).padStart(8)}${String(row.p99).padStart(8)}\n`,
    )
  }
  process.stdout.write('\n')
  for (const { peer, connections, ratio, target } of ratios) {
    const verdict =
      target === null ? '' : ratio >= target ? `(to reach: ${target}, reached)` : `(to reach: ${target}, MISSED)`
    process.stdout.write(`${String(ratio).padStart(6)} × ${peer}, ${connections} connections ${verdict}\n`)
  }
}

/** Into bench/results/DATE.json, or DATE-KIND.json. */
export function save(result, kind = '') {
  mkdirSync('bench/results', { recursive: true })
  const file = `bench/results/${new Date().toISOString().slice(0, 10)}${kind && `-${kind}`}.json`
  const machine = {
    cpus: os.cpus().length,
    model: os.cpus()[0]?.model,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
  }
  writeFileSync(
    file,
    `${JSON.stringify({ date: new Date().toISOString(), machine, rounds: ROUNDS, seconds: SECONDS, ...result }, null, 2)}\n`,
  )
  process.stdout.write(`\nwritten to ${file}\n`)
}

function stop() {
  for (const child of children.splice(0)) child.kill('SIGTERM')
}

export const measureTokens = () => withServers(bench)

/** Whatever `run` has started ends with it. */
export async function withServers(run) {
  try {
    await run()
  } finally {
    const ended = Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))))
    stop()
    await ended
    rmSync(directory, { recursive: true, force: true })
  }
}
