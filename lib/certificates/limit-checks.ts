import { countFailures } from '@/lib/access/count-failures'
import { networkOf } from '@/lib/access/network-of'
import type { Context } from '@/lib/context/context'
import { DomainError } from '@/lib/core/errors'
import { MINUTE, SECOND, secondsUntil } from '@/lib/core/time'

const WINDOW_SECONDS = (10 * MINUTE) / SECOND
const CHECKS_OF_ANYBODY = 30
const CHECKS_OF_AN_APPLICATION = 60

/** Without an account: by address. @throws DomainError `too-many-checks` */
export async function limitPublicChecks(ctx: Context): Promise<void> {
  await count(ctx, [`chain-check:${networkOf(ctx.address)}`], CHECKS_OF_ANYBODY)
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
