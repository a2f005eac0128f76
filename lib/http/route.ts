import type { z } from 'zod'
import type { Context, PersonActor } from '@/lib/context/context'
import { DomainError, forbidden, isDomainError } from '@/lib/core/errors'
import { log } from '@/lib/log/log'
import { markActive } from '@/lib/people/mark-active'
import { type Area, currentSession, opensArea } from '@/lib/session/current-session'
import { requestContext } from '@/lib/session/request-context'
import { toResponse } from './machine-message'
import { isOwnOrigin } from './own-origin'
import { BodyTooLargeError, parseObject, readBody as readText } from './parse-body'
import { STATUS_OF_KIND } from './problem'
import { codeOfStatus, problemResponse } from './problem-document'
import { translateError } from './translate-error'

type Params = Record<string, string>
type NextRoute = (request: Request, next: { params: Promise<Params> }) => Promise<Response>
type Handler<A extends Context> = (ctx: A, params: Params, request: Request) => Promise<unknown>

/**
 * An endpoint that our own pages call with the session of the person: JSON out, refusals as problem documents (RFC 9457).
 * With `activity: false` the call does not keep the session awake: polling is not activity.
 */
export function route(handler: Handler<Context<PersonActor>>, options: { area: Area; activity?: boolean }): NextRoute {
  return async (request, { params }) => {
    const anonymous = await requestContext({ kind: 'anonymous' } as const)
    return answer(anonymous, async () => {
      requireOwnOrigin(request)
      const session = await currentSession()
      if (!session || !opensArea(session, options.area)) {
        throw new DomainError('unauthenticated', 'sign-in-required', 'Sign in to go on.')
      }
      const ctx = { ...anonymous, actor: session.actor }
      if (options.activity !== false) await markActive(ctx.db, session.actor.sessionId, ctx.now)
      return handler(ctx, await params, request)
    })
  }
}

/** The same without a session: the JSON twins of the sign-in forms. */
export function publicRoute(handler: Handler<Context>): NextRoute {
  return async (request, { params }) => {
    const ctx = await requestContext({ kind: 'anonymous' } as const)
    return answer(ctx, async () => {
      requireOwnOrigin(request)
      return handler(ctx, await params, request)
    })
  }
}

/** The body of a request, at most 64 KiB of JSON. @throws DomainError `malformed-body`, `repeated-member`, `body-invalid` */
export async function readBody<S extends z.ZodType>(request: Request, schema: S): Promise<z.output<S>> {
  const body = parseObject(await readText(request))
  const parsed = schema.safeParse(body)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new DomainError('invalid', 'body-invalid', 'A member of the body is missing or wrong.', {
      field: issue?.path.join('.') || undefined,
      detail: issue?.message,
    })
  }
  return parsed.data
}

function requireOwnOrigin(request: Request): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  if (isOwnOrigin(request.headers.get('origin'), request.headers.get('host'))) return
  throw forbidden('origin-refused', 'This request did not come from our own pages.')
}

async function answer(ctx: Context, run: () => Promise<unknown>): Promise<Response> {
  const headers = { 'Cache-Control': 'no-store', 'X-Request-Id': ctx.requestId }
  try {
    const result = await run()
    if (result instanceof Response) return result
    return result === undefined ? new Response(null, { status: 204, headers }) : Response.json(result, { headers })
  } catch (error) {
    return describeProblem(error, ctx, headers)
  }
}

async function describeProblem(error: unknown, ctx: Context, headers: Record<string, string>): Promise<Response> {
  if (error instanceof BodyTooLargeError) {
    const title = 'The body is larger than 64 KiB.'
    return toResponse(problemResponse({ status: 413, code: codeOfStatus(413), title, requestId: ctx.requestId }))
  }
  const known = isDomainError(error)
  const status = known ? STATUS_OF_KIND[error.kind] : 500
  const { requestId } = ctx
  if (known) log().info({ requestId, reason: error.reason, detail: error.detail }, 'request refused')
  else log().error({ requestId, err: error }, 'request failed')
  const body = {
    type: 'about:blank',
    title: known ? await translateError(error) : 'Something went wrong here. Try again.',
    status,
    code: known ? error.reason : 'internal',
    field: known ? error.field : undefined,
    request_id: ctx.requestId,
  }
  return Response.json(body, {
    status,
    headers: {
      ...headers,
      'Content-Type': 'application/problem+json',
      ...(known && error.retryAfterSeconds !== undefined ? { 'Retry-After': String(error.retryAfterSeconds) } : {}),
    },
  })
}
