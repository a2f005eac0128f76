import type { IncomingMessage, ServerResponse } from 'node:http'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { database } from '@/db/client'
import { isMigrated } from '@/db/migrate'
import { clockSkewMs, synchronizeClock } from '@/lib/context/clock'
import type { RequestInfo } from '@/lib/context/request-info'
import { equalBytes, sha256 } from '@/lib/core/secrets'
import { SECOND } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { takenUpVersion } from './tls/trust'

const PATHS = new Set(['/healthz', '/readyz', '/metrics'])
const CLOCK_SKEW_MS_MAX = 2 * SECOND
const ANSWER_WITHIN_MS = 3 * SECOND

export function isHealthPath(path: string): boolean {
  return PATHS.has(path)
}

/** contract.md, Health: `/healthz` the process, `/readyz` what it needs, `/metrics` for Prometheus. */
export async function answerHealth(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  info: RequestInfo,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return send(response, info, 405, { error: 'use GET' }, { Allow: 'GET, HEAD' })
  if (path === '/healthz') return send(response, info, 200, { status: 'UP' })
  if (path === '/metrics') return answerMetrics(request, response, info)
  const problems = await readinessProblems()
  send(
    response,
    info,
    problems.length === 0 ? 200 : 503,
    problems.length === 0 ? { status: 'READY' } : { status: 'NOT READY', problems },
  )
}

async function readinessProblems(): Promise<string[]> {
  const checks = async (): Promise<string[]> => {
    const { db } = database()
    await synchronizeClock(db)
    const problems: string[] = []
    if (!(await isMigrated(db))) problems.push('the database is not migrated to this build')
    if (clockSkewMs() > CLOCK_SKEW_MS_MAX)
      problems.push(`the clock is ${Math.round(clockSkewMs())} ms from the database's`)
    return problems
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string[]>((resolve) => {
    timer = setTimeout(() => resolve(['the database does not answer']), ANSWER_WITHIN_MS)
  })
  try {
    return await Promise.race([checks().catch(() => ['the database does not answer']), late])
  } finally {
    clearTimeout(timer)
  }
}

const KEY = Symbol.for('countersign.metrics')
type Holder = { [KEY]?: Registry }

/** The process's metrics; both roads register on it. */
export function metrics(): Registry {
  const holder = globalThis as Holder
  if (!holder[KEY]) {
    holder[KEY] = new Registry()
    collectDefaultMetrics({ register: holder[KEY], prefix: 'countersign_' })
    new Gauge({
      name: 'countersign_trust_store_version',
      help: 'Version of the trust store that this process verifies client certificates against',
      registers: [holder[KEY]],
      collect() {
        this.set(takenUpVersion())
      },
    })
  }
  return holder[KEY]
}

async function answerMetrics(request: IncomingMessage, response: ServerResponse, info: RequestInfo): Promise<void> {
  if (!mayReadMetrics(request, info)) return send(response, info, 404, { error: 'not found' })
  const text = await metrics().metrics()
  response.writeHead(200, { 'Content-Type': metrics().contentType, 'X-Request-Id': info.requestId })
  response.end(text)
}

/** contract.md, Health: who sits at this machine, not through a proxy; everybody else with the token. */
function mayReadMetrics(request: IncomingMessage, info: RequestInfo): boolean {
  const token = env().metricsToken
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (token !== null && given !== undefined) return equalBytes(sha256(given), sha256(token))
  return !info.forwarded && (info.address === '127.0.0.1' || info.address === '::1')
}

function send(
  response: ServerResponse,
  info: RequestInfo,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Request-Id': info.requestId,
    ...headers,
  })
  response.end(JSON.stringify(body))
}
