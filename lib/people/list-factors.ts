import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { recoveryCodes, totpFactors } from '@/db/schema/people'
import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { DAY } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { findPhone, isSmsOn, type Phone } from './phone'
import type { FactorMethod } from './schema'
import { findPerson, listAuthenticators, type Person } from './store'

/**
 * The ways in which the person can prove themselves at present, strongest first. A code by mail is one only until an
 * authenticator is set up: always in demo mode, elsewhere during the first day of an account (ADR-0017). A code by text
 * message likewise, for as long as there is no authenticator: whoever takes over a number gets around none (ADR-0053).
 */
export async function listFactorMethods(db: Database, person: Person, now: Date): Promise<FactorMethod[]> {
  const authenticators = await listAuthenticators(db, person.id, { removed: false })
  const has = (kind: 'passkey' | 'totp') => authenticators.some((one) => one.kind === kind)
  const methods: FactorMethod[] = []
  if (has('passkey')) methods.push('passkey')
  if (has('totp')) methods.push('totp')
  if (authenticators.length === 0 && takesMailCodes(person, now)) methods.push('mail-code')
  if (authenticators.length === 0 && isSmsOn() && (await findPhone(db, person.id))) methods.push('sms-code')
  if ((await countRecoveryCodes(db, person.id)) > 0) methods.push('recovery-code')
  return methods
}

function takesMailCodes(person: Person, now: Date): boolean {
  if (env().demo) return true
  return person.emailConfirmedAt !== null && now.getTime() - person.emailConfirmedAt.getTime() < DAY
}

export async function countRecoveryCodes(db: Database, personId: string): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.personId, personId), isNull(recoveryCodes.usedAt)))
  return row?.count ?? 0
}

export type OwnFactors = {
  methods: FactorMethod[]
  totp: { id: string; createdAt: Date } | null
  phone: Phone | null
  /** Whether a number can be added. */
  smsOn: boolean
  recoveryCodesLeft: number
}

/** What the security page and the step-up show; passkeys have their own list. */
export async function listOwnFactors(ctx: Context): Promise<OwnFactors> {
  const { actor } = requirePerson(ctx)
  const person = await findPerson(ctx.db, actor.personId)
  if (!person) return { methods: [], totp: null, phone: null, smsOn: false, recoveryCodesLeft: 0 }
  const [totp] = await ctx.db
    .select({ id: totpFactors.id, createdAt: totpFactors.createdAt })
    .from(totpFactors)
    .where(
      and(
        eq(totpFactors.personId, person.id),
        isNull(totpFactors.removedAt),
        sql`${totpFactors.confirmedAt} is not null`,
      ),
    )
  return {
    methods: await listFactorMethods(ctx.db, person, ctx.now),
    totp: totp ?? null,
    phone: await findPhone(ctx.db, person.id),
    smsOn: isSmsOn(),
    recoveryCodesLeft: await countRecoveryCodes(ctx.db, person.id),
  }
}
