import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import type { Context, PersonActor } from '@/lib/context/context'
import { markActive } from '@/lib/people/mark-active'
import { type Area, type CurrentSession, currentSession, opensArea } from './current-session'
import { requestContext } from './request-context'
import { parseReturnTo, withReturnTo } from './return-to'

/** Request header in which proxy.ts tells the pages their own path; a client's copy of it is overwritten there. */
export const PATH_HEADER = 'x-countersign-path'

/**
 * Who looks at a page of an area, or a redirect to sign in: nobody is signed in, or they paused for longer than the area
 * allows. Looking at a page is activity; a prefetch by the browser is not. Operator pages are not there for others.
 */
export async function pageContext(area: Area): Promise<{ ctx: Context<PersonActor>; session: CurrentSession }> {
  const session = await currentSession()
  if (!session || !opensArea(session, area)) return redirectToSignIn()
  if (area === 'operator' && !session.actor.isOperator) notFound()
  const ctx = await requestContext(session.actor)
  const prefetch = (await headers()).has('next-router-prefetch')
  if (!prefetch) await markActive(ctx.db, session.actor.sessionId, ctx.now)
  return { ctx, session }
}

export async function redirectToSignIn(): Promise<never> {
  redirect(withReturnTo('/sign-in', parseReturnTo((await headers()).get(PATH_HEADER))))
}
