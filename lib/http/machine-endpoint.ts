import type { z } from 'zod'
import { database } from '@/db/client'
import { currentTime } from '@/lib/context/clock'
import type { ApplicationActor, Context } from '@/lib/context/context'
import { type RequestInfo, requestInfo } from '@/lib/context/request-info'
import { OverloadedError } from '@/lib/core/coalesce'
import { type DomainError, invalid, isDomainError } from '@/lib/core/errors'
import { log } from '@/lib/log/log'
import { authenticateBearer } from '@/lib/oauth/authenticate-bearer'
import { isConnectionFailure } from '@/lib/oauth/batch'
import { type MachineRequest, type PlainResponse, toResponse } from './machine-message'
import {
  BODY_BYTES_MAX,
  BodyTooLargeError,
  parseMembers,
  passOverBody,
  readBody,
  UnsupportedBodyError,
} from './parse-body'
import { STATUS_OF_KIND } from './problem'

export type RouteArguments = { params: Promise<Record<string, string>> }
type Answerer = (request: MachineRequest, params: Record<string, string>) => Promise<PlainResponse>
/** What a route file exports: Next calls it as a route, server/listeners.ts calls `answer`. */
export type MachineHandler = ((request: Request, args?: RouteArguments) => Promise<Response>) & {
  endpoint: Endpoint
  answer: Answerer
}

/** What the machine table knows of a handler, beside its path and host. */
export type Endpoint = {
  /** Who calls: a client by its credentials, the bearer of a token, a browser that a client sent, or anybody. */
  auth: 'client' | Exclude<Authentication, 'none'> | 'browser' | 'anybody'
  /** The members of the body; `parameters` are those of RFC 6749, read by each grant. Null where no body is wanted. */
  body: z.ZodType | 'parameters' | null
  bodyBytesMax: number
}

/** A handler with what the machine table is to know of it. */
export function described(endpoint: Omit<Endpoint, 'bodyBytesMax'>, answer: Answerer): MachineHandler {
  const handle = async (request: Request, args?: RouteArguments) =>
    toResponse(await answer(request, (await args?.params) ?? {}))
  return Object.assign(handle, { answer, endpoint: { ...endpoint, bodyBytesMax: BODY_BYTES_MAX } })
}

export type MachineAnswer = { status: number; body?: unknown; headers?: Record<string, string> }

type Authentication = 'none' | 'application-token' | 'connection-token' | 'any-token'
type ActorOf<A extends Authentication> = A extends 'none' ? Context : Context<ApplicationActor>

export type FamilyAOptions<A extends Authentication, Body> = {
  /** `none`: the verb authenticates the client by what is in the body. */
  auth: A
  body?: z.ZodType<Body>
  handler: (
    ctx: ActorOf<A>,
    body: Body,
    params: Record<string, string>,
    request: MachineRequest,
  ) => Promise<MachineAnswer>
}

/**
 * Wraps an endpoint of `/oa2/v1` and `/shop` (contract.md, Family A): request id, actor, parsing, and ErrorInfo for whatever
 * goes wrong. It answers only below a listener's guard, so that Next's own routing is no side door.
 */
export function familyA<A extends Authentication, Body = undefined>(options: FamilyAOptions<A, Body>): MachineHandler {
  const wanted: Authentication = options.auth
  const auth = wanted === 'none' ? 'client' : wanted
  return described({ auth, body: options.body ?? null }, async (request, params) => {
    const info = requestInfo()
    if (!info) return errorInfo(404, 'Not found', 'none')
    try {
      const anonymous: Context = {
        db: database().db,
        actor: { kind: 'anonymous' },
        now: currentTime(),
        requestId: info.requestId,
        address: info.address,
      }
      const ctx = options.auth === 'none' ? anonymous : await withBearer(anonymous, request, options.auth)
      const body = options.body ? await parseBody(request, options.body) : await passOverBody(request)
      const answer = await options.handler(ctx as ActorOf<A>, body as Body, params, request)
      return respond(answer.status, answer.body, info.requestId, answer.headers)
    } catch (error) {
      return answerError(error, info, request)
    }
  })
}

async function withBearer(
  ctx: Context,
  request: MachineRequest,
  auth: Exclude<Authentication, 'none'>,
): Promise<Context<ApplicationActor>> {
  const kind = auth === 'any-token' ? 'any' : auth === 'application-token' ? 'application' : 'connection'
  return { ...ctx, actor: await authenticateBearer(ctx, bearerOf(request), kind) }
}

/** RFC 6750 §2.1; the scheme's name is case-insensitive (RFC 9110 §11.1). */
export function bearerOf(request: MachineRequest): string | null {
  const header = request.headers.get('authorization')
  return header === null ? null : (/^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1] ?? null)
}

async function parseBody<Body>(request: MachineRequest, schema: z.ZodType<Body>): Promise<Body> {
  const members = withBasic(parseMembers(await readBody(request), request.headers.get('content-type')), request)
  const result = schema.safeParse(members)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const member = issue?.path.map(String).join('.') || undefined
  throw invalid(member, 'malformed-member', `${member ? `"${member}": ` : ''}${issue?.message ?? 'not as expected'}`)
}

/**
 * Key and secret may come by HTTP Basic instead of in the body (seed 001; security.md, Profiles). RFC 6749 §2.3: "The client
 * MUST NOT use more than one authentication method in each request."
 */
function withBasic(members: Record<string, unknown>, request: MachineRequest): Record<string, unknown> {
  const basic = basicOf(request)
  if (!basic) return members
  if ('client_id' in members || 'client_secret' in members) {
    throw invalid(
      'client_id',
      'repeated-credentials',
      'Send the key and the secret once: in the body, or by HTTP Basic.',
    )
  }
  return { ...members, client_id: basic.clientId, client_secret: basic.clientSecret }
}

/** RFC 7617 §2: all after the first colon is the password. */
export function basicOf(request: MachineRequest): { clientId: string; clientSecret: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  if (encoded === undefined) return null
  const [clientId = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return { clientId, clientSecret: secret.join(':') }
}

function answerError(error: unknown, info: RequestInfo, request: MachineRequest): PlainResponse {
  if (isDomainError(error)) return answerDomainError(error, info)
  if (error instanceof BodyTooLargeError) {
    return errorInfo(413, 'The body is larger than 64 KiB.', info.requestId, { Connection: 'close' })
  }
  if (error instanceof UnsupportedBodyError) {
    return errorInfo(415, 'Send JSON, or application/x-www-form-urlencoded.', info.requestId)
  }
  if (error instanceof OverloadedError || isConnectionFailure(error)) {
    log().error({ err: error, requestId: info.requestId }, 'refused for now')
    return errorInfo(503, 'Too busy to answer. Try again shortly.', info.requestId, { 'Retry-After': '2' })
  }
  log().error({ err: error, requestId: info.requestId, method: request.method }, 'unexpected error')
  return errorInfo(500, 'Something went wrong on our side.', info.requestId)
}

function answerDomainError(error: DomainError, info: RequestInfo): PlainResponse {
  const status = STATUS_OF_KIND[error.kind]
  log().info(
    { requestId: info.requestId, address: info.address, reason: error.reason, detail: error.detail },
    'refused',
  )
  const headers: Record<string, string> = {}
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer'
  if (error.retryAfterSeconds !== undefined) headers['Retry-After'] = String(error.retryAfterSeconds)
  return errorInfo(status, error.message, info.requestId, headers)
}

/** Seed 004: 401 and 429 carry code 700; every other status has itself as code (contract.md, Family A). */
export function errorInfo(
  status: number,
  message: string,
  requestId: string,
  headers: Record<string, string> = {},
): PlainResponse {
  const code = status === 401 || status === 429 ? 700 : status
  return respond(status, { code, message, request_id: requestId }, requestId, headers)
}

function respond(
  status: number,
  body: unknown,
  requestId: string,
  headers: Record<string, string> = {},
): PlainResponse {
  const common = { 'Cache-Control': 'no-store', 'X-Request-Id': requestId, ...headers }
  if (body === undefined) return { status, headers: common, body: null }
  const type = { 'Content-Type': 'application/json; charset=utf-8' }
  return { status, headers: { ...type, ...common }, body: JSON.stringify(body) }
}
