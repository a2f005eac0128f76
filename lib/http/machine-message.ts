/** What handlers read of a request: of a `Request`, or of what the listener has in its place (server/node-request.ts). */
export type MachineRequest = {
  readonly method: string
  readonly url: string
  readonly headers: Pick<Headers, 'get' | 'has'>
  readonly body: ReadableStream<Uint8Array> | null
  bytes(): Promise<Uint8Array>
}

/** What goes out: written by the listener as it is, where a `Response` would cost as much again as the rest of the answer. */
export type PlainResponse = { status: number; headers: Record<string, string | string[]>; body: string | null }

export function toResponse({ status, headers, body }: PlainResponse): Response {
  const pairs = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const))
  return new Response(body, { status, headers: pairs as [string, string][] })
}

export function jsonResponse(status: number, body: unknown, headers: Record<string, string>): PlainResponse {
  if (body === undefined) return { status, headers, body: null }
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) }
}
