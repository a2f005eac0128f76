import type postgres from 'postgres'
import { assert } from '@/lib/core/errors'
import type { Uuid } from '@/lib/core/new-family-id'
import type { Hex } from '@/lib/core/secrets'

/** Known by where it comes from. */
type Plain = Hex | Uuid | ''

/** What the coalesced statements have in common: bounds, parameters, and which failures are of the way to the database. */
export const BATCH_LIMITS = {
  maxBatch: 128,
  maxInFlight: 4, // the next batch is parsed and sent while those before it wait for the disk
  minBeside: 24,
  maxQueued: 8192,
  maxQueuedPerGroup: 4096,
  isRetryable: isConnectionFailure,
}

/**
 * The text of a PostgreSQL array. What it holds is hex or UUIDs by type, nothing that would need escaping,
 * which the driver would look for in each.
 */
export function arrayOf<Name extends string>(members: readonly Record<Name, Plain>[], name: Name): string {
  let text = ''
  for (const member of members) text += text === '' ? `"${member[name]}"` : `,"${member[name]}"`
  return `{${text}}`
}

/** The same of ids and names out of our own database, whose text no type vouches for. */
export function idsOf<Name extends string>(members: readonly Record<Name, string>[], name: Name): string {
  const ids = members.map((member) => member[name])
  assert(
    ids.every((id) => /^[\w-]*$/.test(id)),
    `${name} holds what an id cannot`,
  )
  return `{${ids.map((id) => `"${id}"`).join(',')}}`
}

/** Each once, and for every member the place of its own among them. */
export function distinctOf<Member>(members: readonly Member[], keyOf: (member: Member) => string) {
  const placeOf = new Map<string, number>()
  const distinct: Member[] = []
  const places = members.map((member) => {
    const key = keyOf(member)
    let place = placeOf.get(key)
    if (place === undefined) {
      place = distinct.push(member) - 1
      placeOf.set(key, place)
    }
    return place
  })
  return { distinct, places }
}

/** The same of lists of scopes, each as one text with blanks between. */
export function scopesOf<Name extends string>(members: readonly Record<Name, readonly string[]>[], name: Name): string {
  const lists = members.map((member) => member[name].join(' '))
  assert(
    lists.every((list) => /^[\w -]*$/.test(list)),
    `${name} holds what a scope of ours cannot`,
  )
  return `{${lists.map((list) => `"${list}"`).join(',')}}`
}

/** A batch has one moment: its youngest member's, so that nothing is judged by a time before it was asked. */
export function latest(members: readonly { now: Date }[]): Date {
  return new Date(Math.max(...members.map(({ now }) => now.getTime())))
}

export async function query<Row extends object>(
  sql: postgres.Sql,
  statement: string,
  parameters: (Date | string | number | boolean)[],
): Promise<Row[]> {
  return await sql.unsafe<Row[]>(statement, parameters as postgres.ParameterOrJSON<never>[], {
    prepare: sql.options.prepare !== false,
  })
}

// SQLSTATE class 08 and the shutdown and recovery codes of class 57, and what the driver says when the socket is gone.
const CONNECTION_CODES = new Set([
  ...['08000', '08001', '08003', '08004', '08006', '57P01', '57P02', '57P03'],
  ...['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'],
])

export function isConnectionFailure(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string' && CONNECTION_CODES.has(current.code)) return true
  }
  return false
}
