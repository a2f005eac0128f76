import cluster from 'node:cluster'
import type { Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { database } from '@/db/client'
import { handshakeReporter } from '@/lib/certificates/handshake-reporter'
import { hasOpenssl } from '@/lib/certificates/openssl'
import { refreshRevocation } from '@/lib/certificates/revocation/verdicts'
import { synchronizeClock } from '@/lib/context/clock'
import { usageReporter } from '@/lib/credentials/mark-usage'
import { EnvironmentError, env, parseEnvironment } from '@/lib/env/env'
import { log } from '@/lib/log/log'
import { printBanner } from './banner'
import { DataDirectoryInUseError } from './data-lock'
import { registerJobs } from './jobs'
import { listen, StartError } from './listen'
import { createPlainListener } from './listeners'
import { joinDatabase, type OpenedDatabase, openDatabase } from './open-database'
import { openPages } from './pages'
import { prepareDemo } from './prepare-demo'
import { openTls, type TlsListeners } from './tls/open-tls'
import { loadServerCertificate } from './tls/server-certificate'
import { followTrust, leaveTrust } from './tls/trust'

const development = process.argv.includes('--dev')
const CLOCK_MS = 500
const USAGE_MS = 1000
const TRUST_MS = 500
const CERTIFICATE_MS = 2000
const DRAIN_MS = 10_000

/**
 * What `npm start` runs: environment, database, migrations, demo, jobs, listeners; drained on SIGTERM and SIGINT. With
 * WORKERS the first process opens the database and the others serve; without, one process does both.
 */
async function main(): Promise<void> {
  if (cluster.isWorker) return serve(await joinDatabase(), { announces: cluster.worker?.id === 1 })
  // Before anything is opened: a certificate that cannot be used is told like any other problem of the environment.
  await loadServerCertificate(parseEnvironment(process.env, 'server'), new Date())
  const opened = await openDatabase('server')
  await prepareDemo(opened.db)
  if (env().workers === 1) return serve(opened, { announces: true })
  for (let i = 0; i < env().workers; i++) cluster.fork()
  let stopping = false
  cluster.on('exit', () => {
    if (!stopping) cluster.fork()
  })
  onStop(async () => {
    stopping = true
    // Each drains by itself. `cluster.disconnect` would close their listeners under them and leave them waiting.
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
    await Promise.all(
      workers.map((worker) => {
        const ended = new Promise((resolve) => worker.once('exit', resolve))
        worker.process.kill('SIGTERM')
        return ended
      }),
    )
    await opened.close()
  })
}

async function warnOfGaps(): Promise<void> {
  if (!(await hasOpenssl()))
    log().warn('There is no openssl program: no certificate chain is accepted without an operator’s review')
  if (!env().demo && env().smtpUrl === null)
    log().warn('SMTP_URL is not set: nobody gets mail, so nobody can sign up or recover')
}

async function serve(opened: OpenedDatabase, options: { announces: boolean }): Promise<void> {
  const pages = await openPages({ development, port: env().port })
  await registerJobs()
  if (options.announces) await warnOfGaps()
  const serving = { pagesServeMachines: development }
  const plain = createPlainListener(pages.handle, serving)
  const tls = await openTls(opened.db, pages.handle, serving)
  for (const server of [plain, ...(tls ? [tls.oneWay] : [])]) pages.followOn(server)
  const timers = [
    every(CLOCK_MS, () => synchronizeClock(opened.db)),
    every(USAGE_MS, () => usageReporter().flush(opened.db)),
    every(TRUST_MS, () => refreshRevocation(opened.db)),
    every(TRUST_MS, () => followTrust(opened.db)),
    every(USAGE_MS, () => handshakeReporter().flush(opened.db)),
    ...(tls ? [every(CERTIFICATE_MS, () => tls.reloadCertificate())] : []),
  ]
  await listen(plain, 'PORT', env().port, env().trustedProxySecret === null ? loopback() : env().host)
  if (tls) {
    await listen(tls.oneWay, 'TLS_PORT', env().tlsPort, env().host)
    await listen(tls.twoWay, 'MTLS_PORT', env().mtlsPort, env().host)
  }
  if (options.announces) await printBanner(process.uptime(), tls && portsOf(tls))
  onStop(async () => {
    for (const timer of timers) clearInterval(timer)
    await Promise.all([plain, ...(tls ? [tls.oneWay, tls.twoWay] : [])].map(closeServer))
    await usageReporter().stop(database().db)
    await handshakeReporter().flush(database().db)
    await leaveTrust(database().db)
    await pages.close()
    await opened.close()
  })
}

function portsOf({ oneWay, twoWay }: TlsListeners): { oneWay: number; twoWay: number } {
  return { oneWay: (oneWay.address() as AddressInfo).port, twoWay: (twoWay.address() as AddressInfo).port }
}

/** Plain HTTP stays on this machine unless a proxy has to reach it (contract.md, PORT). */
function loopback(): string {
  return env().host === '::1' ? '::1' : '127.0.0.1'
}

function every(ms: number, work: () => Promise<void>): NodeJS.Timeout {
  let running = false
  return setInterval(() => {
    if (running) return
    running = true
    work()
      .catch((error: unknown) => log().warn({ err: error }, 'a regular task failed'))
      .finally(() => {
        running = false
      })
  }, ms)
}

/** Requests under way are finished; idle connections are closed at once; what hangs is cut. */
async function closeServer(server: Server | TlsServer): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeIdleConnections()
  })
  clearTimeout(cut)
}

const stops: (() => Promise<void>)[] = []
let stopping = false

function onStop(stop: () => Promise<void>): void {
  stops.push(stop)
}

async function stopAll(): Promise<void> {
  if (stopping) return
  stopping = true
  let code = 0
  for (const stop of stops) {
    await stop().catch((error: unknown) => {
      code = 1
      log().error({ err: error }, 'stopping')
    })
  }
  process.exit(code)
}
process.on('SIGTERM', () => void stopAll())
process.on('SIGINT', () => void stopAll())

main().catch((error: unknown) => {
  const expected =
    error instanceof EnvironmentError || error instanceof DataDirectoryInUseError || error instanceof StartError
  process.stderr.write(`${expected ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`)
  process.exit(1)
})
