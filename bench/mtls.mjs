// Mutual TLS on GET /v1/application: the product's own 2-way listener against nginx that terminates with the same keys in front
// of the product's plain listener. Two processes of one build on one database, interleaved rounds, medians. Loopback only.
import { fork, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import autocannon from 'autocannon'
import { loadSource } from './load-source.mjs'

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5)
const CONNECTIONS = 32
const TARGETS = { 'kept-alive': 0.8, handshakes: 0.4 }
const SECRET = 'the-secret-of-the-proxy'
const ENTRY = `
export { makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
export { toPem } from '@/lib/certificates/to-pem'
`

const directory = mkdtempSync(path.join(os.tmpdir(), 'countersign-bench-'))
chmodSync(directory, 0o755) // PostgreSQL's own user goes through it
const children = []

const NGINX = '/usr/sbin/nginx'
const FROM_PROXY = { 'countersign-proxy': SECRET, 'countersign-listener': '1', 'x-forwarded-for': '127.0.0.1' }

/** All at once: one that is closed again could be given out twice. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => net.createServer())
  const ports = await Promise.all(
    servers.map(
      (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port))),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

async function startProduct(variables) {
  const env = { ...process.env, LOG_LEVEL: process.env.BENCH_LOG_LEVEL ?? 'info', TLS_PORT: '0', MTLS_PORT: '0' }
  for (const name of ['DATABASE_URL', 'SECRET_KEY', 'DEMO', 'PUBLIC_URL', 'API_URL']) delete env[name]
  Object.assign(env, variables)
  const child = spawn(process.execPath, ['scripts/start.mjs'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  children.push(child)
  const headers = variables.TRUSTED_PROXY_SECRET ? FROM_PROXY : undefined
  await until(async () => (await fetch(`http://localhost:${env.PORT}/readyz`, { headers })).status === 200)
  return env
}

async function until(check) {
  const deadline = Date.now() + 300_000
  while (!(await check().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('not ready in time')
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

async function cli(env, ...args) {
  const child = spawn(process.execPath, ['scripts/countersign.mjs', ...args, '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`countersign ${args.slice(0, 2).join(' ')} ended with ${code}`)
  return JSON.parse(out)
}

/** deploy/nginx.conf, with this machine's ports and files in place of the example values. */
function startNginx(data, plainPort, oneWay, twoWay) {
  const file = path.join(directory, 'nginx.conf')
  const text = readFileSync('deploy/nginx.conf', 'utf8')
    .replaceAll('/etc/countersign/server.key', path.join(data, 'tls', 'server.pem'))
    .replaceAll('/etc/countersign/server.pem', path.join(data, 'tls', 'server.pem'))
    .replace('/run/nginx-countersign.pid', `${directory}/nginx.pid`)
    .replace('/var/log/nginx/countersign-error.log', `${directory}/nginx-error.log`)
    .replace('10.0.0.11:3000', `127.0.0.1:${plainPort}`)
    .replace(/^\s*server 10\.0\.0\.12:3000;$/m, '')
    .replace('listen 443', `listen 127.0.0.1:${oneWay}`)
    .replace('listen 8443', `listen 127.0.0.1:${twoWay}`)
  writeFileSync(file, text)
  children.push(spawn(NGINX, ['-p', directory, '-c', file, '-g', 'daemon off;'], { stdio: 'inherit' }))
}

const MEASURES = {
  'kept-alive': async (target, client, seconds) => {
    const result = await autocannon({
      url: `https://localhost:${target.port}/v1/application`,
      headers: { authorization: client.authorization },
      tlsOptions: { cert: client.cert, key: client.key, rejectUnauthorized: false },
      connections: CONNECTIONS,
      duration: seconds,
    })
    if (result.non2xx > 0 || result.errors > 0)
      throw new Error(`${target.name}: ${result.non2xx} refusals, ${result.errors} errors`)
    return { rate: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 }
  },
  handshakes: async (target, client, seconds) => {
    const request = `GET /v1/application HTTP/1.1\r\nHost: localhost:${target.port}\r\nAuthorization: ${client.authorization}\r\nConnection: close\r\n\r\n`
    const child = fork('bench/peers/handshakes.mjs')
    const { cert, key } = client
    child.send({ port: target.port, request, cert, key, connections: CONNECTIONS, seconds })
    const result = await new Promise((resolve) => child.once('message', resolve))
    child.kill('SIGTERM')
    if (result.failures.length > 0) throw new Error(`${target.name}: ${JSON.stringify(result.failures)}`)
    return result
  },
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

async function bench() {
  const { makeAuthority, makeClientChain, toPem } = await loadSource(ENTRY)
  const data = path.join(directory, 'data')
  mkdirSync(data)
  const [first, direct, plain, oneWay, proxied] = await freePorts(5)
  const own = await startProduct({ PORT: String(first), MTLS_PORT: String(direct), DATA_DIR: data })
  const lines = readFileSync(path.join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  const password = readFileSync(path.join(data, 'postgres.password'), 'utf8').trim()
  await startProduct({
    PORT: String(plain),
    HOST: '127.0.0.1',
    DATA_DIR: path.join(directory, 'behind'),
    DATABASE_URL: `postgres://countersign:${password}@127.0.0.1:${lines[3]}/countersign`,
    SECRET_KEY: readFileSync(path.join(data, 'secret.key'), 'utf8').trim(),
    DEMO: '1',
    API_URL: `https://localhost:${proxied}`,
    TRUSTED_PROXY_SECRET: SECRET,
  })
  startNginx(data, plain, oneWay, proxied)
  const root = makeAuthority('Bench root', new Date())
  const chain = makeClientChain({ root })
  writeFileSync(path.join(directory, 'root.pem'), toPem([root.der]))
  writeFileSync(path.join(directory, 'chain.pem'), chain.pem)
  await cli(own, 'anchor', 'add', path.join(directory, 'root.pem'))
  const application = await cli(own, 'application', 'create', '--owner', 'owner@demo.test', '--name', 'Bench')
  const id = application.application_id
  await cli(own, 'certificate', 'submit', '--application', id, path.join(directory, 'chain.pem'))
  await new Promise((resolve) => setTimeout(resolve, 1500)) // both processes have taken it up
  const basic = Buffer.from(`${application.client_id}:${application.client_secret}`).toString('base64')
  const client = { cert: chain.cert, key: chain.key, authorization: `Basic ${basic}` }
  const targets = [
    { name: 'countersign', port: direct },
    { name: 'nginx in front', port: proxied },
  ]
  return measureAll(targets, client)
}

async function measureAll(targets, client) {
  const samples = new Map()
  for (const [kind, measure] of Object.entries(MEASURES)) {
    for (const target of targets) await measure(target, client, 2) // warm
    for (let round = 0; round < ROUNDS; round++) {
      for (const target of targets) {
        const key = `${kind}|${target.name}`
        samples.set(key, [...(samples.get(key) ?? []), await measure(target, client, SECONDS)])
      }
    }
  }
  const rows = [...samples].map(([key, list]) => {
    const [kind, name] = key.split('|')
    const [rate, p50, p99] = ['rate', 'p50', 'p99'].map((value) => median(list.map((one) => one[value])))
    return { kind, name, connections: CONNECTIONS, rate: Math.round(rate), p50, p99 }
  })
  const ratios = Object.entries(TARGETS).map(([kind, target]) => {
    const [ours, theirs] = rows.filter((row) => row.kind === kind)
    return { kind, ratio: Number((ours.rate / theirs.rate).toFixed(2)), target }
  })
  return { rows, ratios }
}

function print({ rows, ratios }) {
  process.stdout.write(`\nMutual TLS, ${CONNECTIONS} connections\n`)
  for (const { kind, name, rate, p50, p99 } of rows) {
    process.stdout.write(
      `${kind.padEnd(12)}${name.padEnd(16)}${String(rate).padStart(7)} /s${String(p50).padStart(8)} ms p50${String(p99).padStart(8)} ms p99\n`,
    )
  }
  for (const { kind, ratio, target } of ratios) {
    process.stdout.write(
      `${String(ratio).padStart(6)} × nginx, ${kind} (to reach: ${target}${ratio < target ? ', MISSED' : ', reached'})\n`,
    )
  }
}

function save(result) {
  mkdirSync('bench/results', { recursive: true })
  const file = `bench/results/${new Date().toISOString().slice(0, 10)}-mtls.json`
  // On a busy machine the one process of ours gets less of it than nginx and the one behind it do together.
  const load = os.loadavg().map((value) => Number(value.toFixed(1)))
  const machine = { cpus: os.cpus().length, model: os.cpus()[0]?.model, node: process.version, load }
  const written = { date: new Date().toISOString(), machine, rounds: ROUNDS, seconds: SECONDS, ...result }
  writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`)
  process.stdout.write(`\nwritten to ${file}\n`)
}

/** `npm run bench`, after the tokens. */
export async function measureMtls() {
  if (!existsSync(NGINX)) {
    process.stdout.write(`\nMutual TLS is not measured: there is no ${NGINX}. Install it (apt-get install nginx).\n`)
    return
  }
  try {
    const result = await bench()
    print(result)
    save(result)
  } finally {
    // The process with the database last.
    for (const child of children.splice(0).reverse()) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    }
    rmSync(directory, { recursive: true, force: true })
  }
}
