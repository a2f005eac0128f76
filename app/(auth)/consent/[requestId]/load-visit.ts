import { cookies } from 'next/headers'
import { notFound } from 'next/navigation'
import { browserCookieName } from '@/lib/oauth/authorization/browser-cookie'
import { findVisitedRequest, type Visit, type VisitedRequest } from '@/lib/oauth/authorization/visit-request'
import { isSecureRequest } from '@/lib/session/cookies'
import { requestContext } from '@/lib/session/request-context'

/** The request's id with what this browser holds for it. */
export async function visitOf(requestId: string): Promise<Visit> {
  const cookie = (await cookies()).get(browserCookieName(requestId, isSecureRequest()))
  return { requestId, browserToken: cookie?.value ?? null }
}

/** For the pages of a request: nobody needs to sign in to learn that it is not open here. */
export async function loadVisit(requestId: string): Promise<{ visit: Visit; request: VisitedRequest }> {
  const visit = await visitOf(requestId)
  const request = await findVisitedRequest(await requestContext({ kind: 'anonymous' } as const), visit)
  if (!request) notFound()
  return { visit, request }
}
