import { eq } from 'drizzle-orm'
import { sessions } from '@/db/schema/people'
import { provedAt } from '@/lib/access/proof-of'
import { STEP_UP_MS } from '@/lib/access/require'
import type { Context, PersonActor } from '@/lib/context/context'
import { addMs, DAY } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { findPerson, listAuthenticators } from './store'

/**
 * From when an authenticator that is added now may accept dispositions or confirm another one: at once when an older one
 * has just proved the person, or when it is the first that a young account ever had; else a day later (ADR-0016).
 */
export async function decideAcceptsFrom(ctx: Context<PersonActor>): Promise<Date> {
  if (await isProvedByAuthenticator(ctx)) return ctx.now
  const ever = await listAuthenticators(ctx.db, ctx.actor.personId, { removed: true })
  const person = await findPerson(ctx.db, ctx.actor.personId)
  const young = person !== null && ctx.now.getTime() - person.createdAt.getTime() < DAY
  const demoPerson = env().demo && person?.email.endsWith('@demo.test')
  return ever.length === 0 && (young || demoPerson) ? ctx.now : addMs(ctx.now, DAY)
}

/** Whether an authenticator that itself may accept has proved the person in this session within the last five minutes. */
export async function isProvedByAuthenticator(ctx: Context<PersonActor>): Promise<boolean> {
  const [session] = await ctx.db
    .select({ provedBy: sessions.provedBy, authTime: sessions.authTime, steppedUpAt: sessions.steppedUpAt })
    .from(sessions)
    .where(eq(sessions.id, ctx.actor.sessionId))
  if (!session) return false
  if (ctx.now.getTime() - provedAt(session).getTime() > STEP_UP_MS) return false
  const own = await listAuthenticators(ctx.db, ctx.actor.personId, { removed: false })
  return own.some((one) => one.id === session.provedBy && one.acceptsFrom.getTime() <= ctx.now.getTime())
}
