import { and, eq, gt, isNull } from 'drizzle-orm'
import { signInAttempts } from '@/db/schema/people'
import type { Context } from '@/lib/context/context'
import { isOpaqueToken, sha256 } from '@/lib/core/secrets'
import { attemptOver } from './errors'
import { listFactorMethods } from './list-factors'
import type { FactorMethod, SendCodeInput } from './schema'
import { sendOneTimeCode, sendSmsCode } from './send-one-time-code'
import { findPerson, type Person } from './store'

export type SignInUnderWay = { person: Person; methods: FactorMethod[]; returnTo: string | null }

/** The sign-in of this browser that waits for its second factor, or null. */
export async function findSignIn(ctx: Context, attemptToken: string | null): Promise<SignInUnderWay | null> {
  if (!attemptToken || !isOpaqueToken(attemptToken)) return null
  const [row] = await ctx.db
    .select({ personId: signInAttempts.personId, returnTo: signInAttempts.returnTo })
    .from(signInAttempts)
    .where(
      and(
        eq(signInAttempts.tokenHash, sha256(attemptToken)),
        isNull(signInAttempts.consumedAt),
        gt(signInAttempts.expiresAt, ctx.now),
      ),
    )
  const person = row?.personId ? await findPerson(ctx.db, row.personId) : null
  if (!row || !person || person.disabledAt) return null
  return { person, methods: await listFactorMethods(ctx.db, person, ctx.now), returnTo: row.returnTo }
}

/** @throws DomainError `sign-in-over`, `too-many-requests` */
export async function resendSignInCode(
  ctx: Context,
  attemptToken: string | null,
  method: SendCodeInput['method'] = 'mail-code',
): Promise<void> {
  const underWay = await findSignIn(ctx, attemptToken)
  if (!underWay?.methods.includes(method)) throw attemptOver(`no attempt that takes a ${method}`)
  const send = method === 'sms-code' ? sendSmsCode : sendOneTimeCode
  await send(ctx, underWay.person, 'sign-in')
}
