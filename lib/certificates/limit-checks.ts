import { isIPv6 } from 'node:net'
import { countFailures } from '@/lib/access/count-failures'
import type { Context } from '@/lib/context/context'
import { DomainError } from '@/lib/core/errors'
import { MINUTE, SECOND, secondsUntil } from '@/lib/core/time'

const WINDOW_SECONDS = (10 * MINUTE) / SECOND
const CHECKS_OF_ANYBODY = 30
const CHECKS_OF_AN_APPLICATION = 60

/** Without an account: by address. @throws DomainError `too-many-checks` */
export async function limitPublicChecks(ctx: Context): Promise<void> {
  await count(ctx, [`chain-check:${ctx.address ? networkOf(ctx.address) : 'unknown'}`], CHECKS_OF_ANYBODY)
}

/**
 * A check costs a process of OpenSSL and requests to authorities, and a refused submission a row of the audit: both by person and
 * by application. Operators on the command line are not limited. @throws DomainError `too-many-checks`
 */
export async function limitSubmissions(ctx: Context, applicationId: string): Promise<void> {
  if (ctx.actor.kind !== 'person') return
  const keys = [`chain-check:${ctx.actor.personId}`, `chain-check:${applicationId}`]
  await count(ctx, keys, CHECKS_OF_AN_APPLICATION)
}

/** Of IPv6 the first 64 bits: whoever has an address has all those of its network. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill('0')
  const groups = [...before, ...zeros, ...after].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

async function count(ctx: Context, keys: string[], most: number): Promise<void> {
  const counted = await countFailures(
    ctx.db,
    keys.map((key) => ({ key, count: 1 })),
    ctx.now,
    WINDOW_SECONDS,
  )
  for (const { failures, windowEndsAt } of counted.values()) {
    if (failures <= most) continue
    const message = 'Too many checks from here. Wait some minutes, or check on the command line.'
    throw new DomainError('rate-limited', 'too-many-checks', message, {
      retryAfterSeconds: secondsUntil(windowEndsAt, ctx.now),
    })
  }
}
