import { cookies, headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import type { Context, PersonActor } from '@/lib/context/context'
import { markActive } from '@/lib/people/mark-active'
import { cookieName } from './cookies'
import { type Area, type CurrentSession, currentSession, opensArea } from './current-session'
import { requestContext } from './request-context'
import { parseReturnTo, withReturnTo } from './return-to'

/** Request header in which proxy.ts tells the pages their own path; a client's copy of it is overwritten there. */
export const PATH_HEADER = 'x-countersign-path'

export type PageContext = { ctx: Context<PersonActor>; session: CurrentSession }

/**
 * Who looks at a page of an area, or a redirect to sign in: nobody is signed in, or they paused for longer than the area
 * allows. Looking at a page is activity; a prefetch by the browser is not. Operator pages are not there for others.
 */
export async function pageContext(area: Area): Promise<PageContext> {
  return (await findPageContext(area)) ?? (await redirectToSignIn())
}

/** The same, with null in place of the redirect. */
export async function findPageContext(area: Area): Promise<PageContext | null> {
  const session = await currentSession()
  if (!session || !opensArea(session, area)) return null
  if (area === 'operator' && !session.actor.isOperator) notFound()
  const ctx = await requestContext(session.actor)
  const prefetch = (await headers()).has('next-router-prefetch')
  if (!prefetch) await markActive(ctx.db, session.actor.sessionId, ctx.now)
  return { ctx, session }
}

export async function redirectToSignIn(): Promise<never> {
  redirect(await signInPath())
}

/** Leads back to this page; who was signed in before is told why they are asked again. */
export async function signInPath(): Promise<string> {
  const here = withReturnTo('/sign-in', parseReturnTo((await headers()).get(PATH_HEADER)))
  const wasSignedIn = (await cookies()).has(cookieName('session'))
  return wasSignedIn ? `${here}${here.includes('?') ? '&' : '?'}again=1` : here
}
