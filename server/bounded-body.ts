import type { IncomingMessage } from 'node:http'

type Outcomes = { serve: () => void; tooLarge: () => void }

/**
 * Serves a request whose body is at most `max` bytes; of two outcomes exactly one comes. A declared length is believed, since
 * the parser reads no further. A body of undeclared length (RFC 9112 §7.1) is taken in whole before anybody reads of it, so
 * that nothing begins to work on a part of what turns out to be too much; a client that stays away gets neither.
 */
export function serveBounded(request: IncomingMessage, max: number, { serve, tooLarge }: Outcomes): void {
  if (Number(request.headers['content-length'] ?? 0) > max) tooLarge()
  else if ('transfer-encoding' in request.headers) takeInWhole(request, max, { serve, tooLarge })
  else serve()
}

/** What is kept costs as many bytes as came, into however small pieces the client cut them. */
function takeInWhole(request: IncomingMessage, max: number, { serve, tooLarge }: Outcomes): void {
  // node:http's parser hands each piece of a body to `push`, and null at its end.
  const push = request.push
  let kept = Buffer.alloc(0)
  let size = 0
  request.push = (piece: Buffer | null) => {
    if (size > max) return true
    if (piece === null) {
      request.push = push
      if (size > 0) request.push(kept.subarray(0, size))
      request.push(null)
      serve()
      return true
    }
    const end = size + piece.length
    if (end > max) {
      kept = Buffer.alloc(0)
      size = end
      tooLarge()
      return true
    }
    if (end > kept.length) kept = Buffer.concat([kept.subarray(0, size)], Math.min(max, Math.max(end, 2 * kept.length)))
    piece.copy(kept, size)
    size = end
    return true
  }
}
