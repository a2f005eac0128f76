import type { PlainResponse } from './machine-message'

/** Problem documents (RFC 9457) of `/v1` and of the 2-way host's guard: `code` is what a client decides by. */
export type Problem = {
  status: number
  code: string
  title: string
  requestId: string
  /** With 421: the origin that answers. */
  host?: string | undefined
}

const CODES: Record<number, string> = {
  400: 'malformed',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  415: 'unsupported-media-type',
  421: 'wrong-host',
  500: 'internal',
  503: 'too-busy',
}

export function codeOfStatus(status: number): string {
  return CODES[status] ?? 'refused'
}

export function problemOf({ status, code, title, requestId, host }: Problem): Record<string, unknown> {
  return { type: 'about:blank', title, status, code, request_id: requestId, ...(host ? { host } : {}) }
}

export function problemResponse(problem: Problem, headers: Record<string, string> = {}): PlainResponse {
  return {
    status: problem.status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      'X-Request-Id': problem.requestId,
      ...headers,
    },
    body: JSON.stringify(problemOf(problem)),
  }
}

/** For what has no code of its own. */
export function problemAnswer(
  status: number,
  title: string,
  requestId: string,
  headers: Record<string, string> = {},
): PlainResponse {
  return problemResponse({ status, code: codeOfStatus(status), title, requestId }, headers)
}
