import { like, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { throttles } from '@/db/schema/people'
import { countFailures } from '@/lib/access/count-failures'
import { networkOf } from '@/lib/access/network-of'
import type { Context } from '@/lib/context/context'
import { sha256 } from '@/lib/core/secrets'
import { MINUTE, SECOND, secondsUntil } from '@/lib/core/time'
import { methodLocked, tooManyRequests } from './errors'
import { type Refusal, recordRefusal } from './record-refusal'

/**
 * Five failures in a row lock a method; each further one doubles the wait. An attempt is written down as failed before it
 * is checked and struck out when it succeeds, so that a hundred at once, on any number of replicas, are five tries.
 */
export const TRIES = 5
const FIRST_WAIT_SECONDS = 60
const LONGEST_WAIT_SECONDS = 3600
/** A row of failures is forgotten after a day without another. */
const MEMORY_SECONDS = 24 * 3600

export type Attempt = { key: string; failures: number; lastTry: boolean }

/**
 * One conditional statement: no row comes back while the method is locked. A locked attempt is written down as `refusal`.
 * @throws DomainError `method-locked` with `retryAfterSeconds`
 */
export async function beginAttempt(ctx: Context, key: string, refusal: Refusal): Promise<Attempt> {
  const now = ctx.now.toISOString()
  const next = sql`case when t.window_started_at > ${now}::timestamptz - make_interval(secs => ${MEMORY_SECONDS})
    then t.failures + 1 else 1 end`
  const [row] = await ctx.db.execute<{ failures: number }>(sql`
    insert into throttles as t (key, failures, window_started_at) values (${key}, 1, ${now}::timestamptz)
    on conflict (key) do update set
      failures = ${next},
      window_started_at = ${now}::timestamptz,
      blocked_until = case when ${next} >= ${TRIES} then ${now}::timestamptz + make_interval(secs =>
        least(${LONGEST_WAIT_SECONDS}::float8, ${FIRST_WAIT_SECONDS}::float8 * power(2, least(${next} - ${TRIES}, 20)))) end
    where t.blocked_until is null or t.blocked_until <= ${now}::timestamptz
    returning failures`)
  if (!row) {
    await recordRefusal(ctx, { ...refusal, data: { ...refusal.data, locked: true } })
    throw methodLocked(await readWait(ctx, key))
  }
  return { key, failures: row.failures, lastTry: row.failures === TRIES - 1 }
}

async function readWait(ctx: Context, key: string): Promise<number> {
  const [row] = await ctx.db
    .select({ blockedUntil: throttles.blockedUntil })
    .from(throttles)
    .where(sql`${throttles.key} = ${key}`)
  return Math.max(1, secondsUntil(row?.blockedUntil ?? ctx.now, ctx.now))
}

export async function forgetAttempts(db: Database, key: string): Promise<void> {
  await db.delete(throttles).where(sql`${throttles.key} = ${key}`)
}

/** Another factor has passed: every lock of the person opens (security.md, Identity and SCA). */
export async function unlockPerson(db: Database, personId: string): Promise<void> {
  await db.delete(throttles).where(like(throttles.key, `person:${personId}:%`))
}

/**
 * A mailed link has set a new password: that opens the locks on the password. The mailbox is no other factor, so what locks
 * those stays.
 */
export async function unlockPassword(db: Database, personId: string): Promise<void> {
  await db.delete(throttles).where(like(throttles.key, `person:${personId}:password:%`))
}

/** A device known to the person keeps its own count, so that a stranger cannot lock anybody out. */
export function attemptKey(personId: string, method: string, deviceId: string | null): string {
  return `person:${personId}:${method}:${deviceId ?? 'unknown-device'}`
}

/** What one address may do in a window, whoever it says it is. Counted for every replica. */
export async function limitAddress(
  ctx: Context,
  what: string,
  limit: { count: number; windowSeconds: number },
): Promise<void> {
  await limitKey(ctx, addressKey(ctx, what), limit)
}

/** What one person may ask for in a window, wherever they are. */
export async function limitPerson(
  ctx: Context,
  what: string,
  personId: string,
  limit: { count: number; windowSeconds: number },
): Promise<void> {
  await limitKey(ctx, `${what}:${personId}`, limit)
}

async function limitKey(ctx: Context, key: string, limit: { count: number; windowSeconds: number }): Promise<void> {
  const counted = (await countFailures(ctx.db, [{ key, count: 1 }], ctx.now, limit.windowSeconds)).get(key)
  if (counted && counted.failures > limit.count) {
    throw tooManyRequests(Math.max(1, secondsUntil(counted.windowEndsAt, ctx.now)))
  }
}

/** Strikes out what `limitAddress` counted: the attempt succeeded, and only failures are limited. */
export async function forgiveAddress(ctx: Context, what: string): Promise<void> {
  await ctx.db
    .update(throttles)
    .set({ failures: sql`greatest(${throttles.failures} - 1, 0)` })
    .where(sql`${throttles.key} = ${addressKey(ctx, what)}`)
}

function addressKey(ctx: Context, what: string): string {
  return `${what}:${networkOf(ctx.address)}`
}

/** Mails of one kind that one mailbox gets, whoever asks for them. */
const PER_MAILBOX = { count: 5, windowSeconds: 3600, pauseSeconds: 60 }

export type LimitedMail = 'reset-password' | 'confirm-email' | 'sign-up' | 'change-email'

/**
 * Whether a mailbox may get one more mail of this kind, which is counted: by address and not by person, so that it is the
 * same where nobody has the address. Kinds are apart: a flood of one keeps no other back. Whoever is over the limit is
 * answered as ever, and the link that was mailed before stays good.
 */
export async function takeMailTurn(db: Database, ctx: Context, kind: LimitedMail, email: string): Promise<boolean> {
  return takeTurn(db, ctx, `mail-${kind}`, email.toLowerCase(), PER_MAILBOX)
}

type Turns = { count: number; windowSeconds: number; pauseSeconds: number }

/** So many of a kind for one recipient in a window, with a pause after each: one conditional statement. */
export async function takeTurn(
  db: Database,
  ctx: Context,
  kind: string,
  recipient: string,
  { count, windowSeconds, pauseSeconds }: Turns,
): Promise<boolean> {
  const now = sql`${ctx.now.toISOString()}::timestamptz`
  const isOver = sql`t.window_started_at <= ${now} - make_interval(secs => ${windowSeconds})`
  const pause = sql`${now} + make_interval(secs => ${pauseSeconds})`
  const windowEnd = sql`t.window_started_at + make_interval(secs => ${windowSeconds})`
  const rows = await db.execute(sql`
    insert into throttles as t (key, failures, window_started_at, blocked_until)
    values (${turnKey(kind, recipient)}, 1, ${now}, ${pause})
    on conflict (key) do update set
      failures = case when ${isOver} then 1 else t.failures + 1 end,
      window_started_at = case when ${isOver} then ${now} else t.window_started_at end,
      -- The last of a window is followed by the rest of it.
      blocked_until = case when not ${isOver} and t.failures + 1 >= ${count} then greatest(${windowEnd}, ${pause}) else ${pause} end
    where t.blocked_until <= ${now}
    returning key`)
  return rows.length === 1
}

/** How many seconds until the next turn. */
export async function readPause(db: Database, ctx: Context, kind: string, recipient: string): Promise<number> {
  return readWait({ ...ctx, db }, turnKey(kind, recipient))
}

function turnKey(kind: string, recipient: string): string {
  return `${kind}:${sha256(recipient).toString('hex')}`
}

export const PER_ADDRESS = {
  signIn: { count: 300, windowSeconds: (10 * MINUTE) / SECOND },
  mail: { count: 300, windowSeconds: (60 * MINUTE) / SECOND },
} as const

export const PER_PERSON = {
  changeEmail: { count: 10, windowSeconds: (60 * MINUTE) / SECOND },
  sms: { count: 10, windowSeconds: (60 * MINUTE) / SECOND },
} as const
