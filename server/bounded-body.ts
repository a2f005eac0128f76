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

function takeInWhole(request: IncomingMessage, max: number, { serve, tooLarge }: Outcomes): void {
  // node:http's parser hands each piece of a body to `push`, and null at its end.
  const push = request.push
  const kept: Buffer[] = []
  let size = 0
  request.push = (piece: Buffer | null) => {
    if (size > max) return true
    size += piece?.length ?? 0
    if (size > max) {
      kept.length = 0
      tooLarge()
    } else if (piece !== null) kept.push(piece)
    else {
      request.push = push
      for (const one of [...kept, null]) request.push(one)
      serve()
    }
    return true
  }
}
