// POST /oauth2/introspect, and refresh with rotation at POST /oauth2/token, against oidc-provider in memory (in a Map: its own
// development adapter forgets refresh tokens that are still to be used at 128 connections), in interleaved
// rounds of one run. Each connection refreshes a family of its own and goes on with the refresh token that it was answered.
// Prints medians and ratios and writes bench/results/DATE-oauth.json. Loopback only.
import { fork, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import autocannon from 'autocannon'
import postgres from 'postgres'

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5)
const CONNECTIONS = [32, 128]
/**
 * Of the peer's rate, at 128 connections; and at 32 connections, where neither is at its limit, our p99 stays under the peer's. (At
 * 128 it cannot stay under the peer's at 32: 1.2 times its rate means that a call waits longer than that on average.)
 */
const TARGETS = { introspection: 2, refresh: 1.2 }
const SCOPE = 'psd2-ais'
const PEER = 'oidc-provider, in memory'
const PRODUCT = 'countersign'

const directory = mkdtempSync(path.join(os.tmpdir(), 'countersign-bench-'))
const children = []

function freePort() {
  return 20_000 + Math.floor(Math.random() * 20_000)
}

async function until(check) {
  const deadline = Date.now() + 300_000
  while (!(await check().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('not ready in time')
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

async function cli(env, ...args) {
  const stdio = ['ignore', 'pipe', 'inherit']
  const child = spawn(process.execPath, ['scripts/countersign.mjs', ...args, '--json'], { env, stdio })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`countersign ${args.slice(0, 2).join(' ')} ended with ${code}`)
  return JSON.parse(out)
}

const form = (values) => new URLSearchParams(values).toString()
const sha256 = (value) => createHash('sha256').update(value).digest()

/** A token to introspect, by the client credentials grant of that server. */
async function aToken({ origin, paths, client }) {
  const answer = await fetch(`${origin}${paths.token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form({ grant_type: 'client_credentials', scope: SCOPE, ...client }),
  })
  if (!answer.ok) throw new Error(`no token at ${origin}: ${await answer.text()}`)
  return (await answer.json()).access_token
}

async function startProduct() {
  const port = freePort()
  const env = { ...process.env, LOG_LEVEL: process.env.BENCH_LOG_LEVEL ?? 'info', PORT: String(port) }
  for (const name of ['DATABASE_URL', 'SECRET_KEY', 'DEMO', 'PUBLIC_URL', 'API_URL']) delete env[name]
  Object.assign(env, { TLS_PORT: '0', MTLS_PORT: '0', DATA_DIR: directory })
  children.push(spawn(process.execPath, ['scripts/start.mjs'], { env, stdio: ['ignore', 'ignore', 'inherit'] }))
  const origin = `http://127.0.0.1:${port}`
  await until(async () => (await fetch(`http://localhost:${port}/readyz`)).status === 200)
  const create = ['application', 'create', '--owner', 'owner@demo.test', '--name', 'Bench', '--scope', SCOPE]
  const { application_id: id, client_id, client_secret } = await cli(env, ...create)
  const [, , , databasePort] = readFileSync(path.join(directory, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  const password = readFileSync(path.join(directory, 'postgres.password'), 'utf8').trim()
  const url = `postgres://countersign:${password}@127.0.0.1:${databasePort}/countersign`
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  await sql`
    insert into consents (id, person_id, customer_id, application_id, environment, scopes, auth_time, amr, granted_at, expires_at)
    select 'cns_bench', m.person_id, m.customer_id, ${id}, 'sandbox', ${[SCOPE]}, now(), '["pwd"]', now(), now() + interval '180 days'
    from memberships m where m.ended_at is null limit 1`
  const client = { client_id, client_secret }
  const paths = { token: '/oauth2/token', introspection: '/oauth2/introspect' }
  return {
    name: PRODUCT,
    origin,
    client,
    paths,
    refreshTokens: (count) => seedFamilies(sql, id, count),
    end: () => sql.end(),
  }
}

/** Families as an exchange of codes would have left them. */
async function seedFamilies(sql, applicationId, count) {
  const tokens = Array.from({ length: count }, () => randomBytes(32).toString('base64url'))
  await sql`
    insert into token_families (id, application_id, environment, secret_id, consent_id, scopes, refresh_key, refresh_hash, access_hash, expires_at, created_at)
    select uuidv7(), ${applicationId}, 'sandbox', s.id, 'cns_bench', ${[SCOPE]}, ('x' || left(h.hash, 16))::bit(64)::bigint,
      decode(h.hash, 'hex'), sha256(decode(h.hash, 'hex')), now() + interval '180 days', now()
    from unnest(${tokens.map((token) => sha256(token).toString('hex'))}::text[]) h (hash),
      (select id from application_secrets where application_id = ${applicationId} limit 1) s`
  return tokens
}

async function startPeer() {
  const port = freePort()
  const client = { client_id: randomBytes(16).toString('hex'), client_secret: randomBytes(32).toString('hex') }
  const variables = { CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret, SCOPE, ADAPTER: 'map' }
  const env = { ...process.env, PORT: String(port), NODE_ENV: 'production', ...variables }
  const child = fork('bench/peers/oidc-provider.mjs', { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  children.push(child)
  await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`${PEER} ended with ${code}`)))
  })
  const origin = `http://127.0.0.1:${port}`
  const paths = { token: '/token', introspection: '/token/introspection' }
  return {
    name: PEER,
    origin,
    client,
    paths,
    refreshTokens: (count) =>
      new Promise((resolve) => {
        child.once('message', resolve)
        child.send({ refreshTokens: count })
      }),
    end: () => undefined,
  }
}

const KINDS = {
  introspection: async (target) => {
    const body = form({ token: await aToken(target), ...target.client })
    return { path: target.paths.introspection, nextOf: () => () => body, accepts: (answer) => answer.active === true }
  },
  refresh: async (target, connections) => {
    const tokens = await target.refreshTokens(connections)
    const bodyOf = (token) => form({ grant_type: 'refresh_token', refresh_token: token, ...target.client })
    return {
      path: target.paths.token,
      nextOf: () => {
        let token = tokens.pop()
        return (answer) => {
          if (answer) token = answer.refresh_token
          return bodyOf(token)
        }
      },
      accepts: (answer) => typeof answer.refresh_token === 'string',
    }
  },
}

/** The same driver for both sides. Every answer is read; a connection's next body may come from its last answer. */
async function measure(target, kind, connections, seconds) {
  const { path: route, nextOf, accepts } = await KINDS[kind](target, connections)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  let wrong = 0
  const result = await autocannon({
    url: target.origin,
    connections,
    duration: seconds,
    setupClient(client) {
      const next = nextOf()
      let body = next()
      const onResponse = (status, text) => {
        const answer = status === 200 ? JSON.parse(text) : {}
        if (accepts(answer)) body = next(answer)
        else wrong++
      }
      const setupRequest = (request) => ({ ...request, body })
      client.setRequests([{ method: 'POST', path: route, headers, setupRequest, onResponse }])
    },
  })
  if (wrong > 0 || result.errors > 0 || result.non2xx > 0)
    throw new Error(`${target.name}, ${kind}: ${wrong} wrong answers, ${result.errors} errors`)
  return { rate: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

async function compare(targets) {
  const samples = new Map()
  for (const kind of Object.keys(KINDS)) for (const target of targets) await measure(target, kind, 32, 2) // warm
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of Object.keys(KINDS)) {
      for (const connections of CONNECTIONS) {
        for (const target of targets) {
          const key = JSON.stringify({ kind, connections, name: target.name })
          samples.set(key, [...(samples.get(key) ?? []), await measure(target, kind, connections, SECONDS)])
        }
      }
    }
  }
  return [...samples].map(([key, list]) => ({
    ...JSON.parse(key),
    rate: Math.round(median(list.map(({ rate }) => rate))),
    p50: median(list.map(({ p50 }) => p50)),
    p99: median(list.map(({ p99 }) => p99)),
  }))
}

function judge(rows) {
  const rowOf = (kind, name, connections) =>
    rows.find((row) => row.kind === kind && row.name === name && row.connections === connections)
  return Object.entries(TARGETS).map(([kind, target]) => ({
    kind,
    ratio: Number((rowOf(kind, PRODUCT, 128).rate / rowOf(kind, PEER, 128).rate).toFixed(2)),
    target,
    p99: Object.fromEntries(CONNECTIONS.map((count) => [count, rowOf(kind, PRODUCT, count).p99])),
    p99OfPeer: Object.fromEntries(CONNECTIONS.map((count) => [count, rowOf(kind, PEER, count).p99])),
  }))
}

function print(rows, verdicts) {
  const line = (cells) =>
    `${cells[0].padEnd(15)}${cells[1].padEnd(26)}${cells
      .slice(2)
      .map((cell) => String(cell).padStart(9))
      .join('')}\n`
  process.stdout.write(`\n${line(['', 'server', 'conn', 'calls/s', 'p50 ms', 'p99 ms'])}`)
  for (const { kind, name, connections, rate, p50, p99 } of rows)
    process.stdout.write(line([kind, name, connections, rate, p50, p99]))
  for (const { kind, ratio, target, p99, p99OfPeer } of verdicts) {
    const told = (isReached) => (isReached ? 'reached' : 'MISSED')
    process.stdout.write(
      `\n${kind}: ${ratio} × ${PEER} at 128 connections (to reach: ${target}, ${told(ratio >= target)})`,
    )
    process.stdout.write(`; p99 at 32 ${p99[32]} ms, its ${p99OfPeer[32]} ms (${told(p99[32] < p99OfPeer[32])})`)
    process.stdout.write(`; at 128 ${p99[128]} ms, its ${p99OfPeer[128]} ms`)
  }
  process.stdout.write('\n')
}

function save(result) {
  mkdirSync('bench/results', { recursive: true })
  const now = new Date().toISOString()
  const machine = { cpus: os.cpus().length, model: os.cpus()[0]?.model, node: process.version }
  const file = `bench/results/${now.slice(0, 10)}-oauth.json`
  const all = { date: now, machine, rounds: ROUNDS, seconds: SECONDS, ...result }
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`)
  process.stdout.write(`\nwritten to ${file}\n`)
}

export async function measureOauth() {
  let targets = []
  try {
    targets = [await startProduct(), await startPeer()]
    const rows = await compare(targets)
    const verdicts = judge(rows)
    print(rows, verdicts)
    save({ rows, verdicts })
  } finally {
    for (const target of targets) await target.end()
    const ended = Promise.all(
      children.map((child) => (child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : null)),
    )
    for (const child of children.splice(0)) child.kill('SIGTERM')
    await ended
    rmSync(directory, { recursive: true, force: true })
  }
}
