import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { MachineRequest } from '@/lib/http/machine-message'
import { BrokenOffBodyError } from '@/lib/http/parse-body'

/** A request of node:http with as much of a `Request` as handlers read. Below the guard: its host and path are good. */
export class NodeRequest implements MachineRequest {
  readonly headers: MachineRequest['headers']
  private readonly incoming: IncomingMessage

  constructor(incoming: IncomingMessage) {
    this.incoming = incoming
    this.headers = {
      get: (name) => headerOf(incoming, name.toLowerCase()),
      has: (name) => Object.hasOwn(incoming.headers, name.toLowerCase()),
    }
  }

  get method(): string {
    return this.incoming.method as string
  }

  get url(): string {
    const { headers, socket, url } = this.incoming
    return `${'encrypted' in socket ? 'https' : 'http'}://${headers.host}${url}`
  }

  /** As of a `Request`, a GET has none. */
  get body(): ReadableStream<Uint8Array> | null {
    return this.method === 'GET' ? null : (Readable.toWeb(this.incoming) as ReadableStream<Uint8Array>)
  }

  bytes(): Promise<Uint8Array> {
    const { incoming } = this
    if (this.method === 'GET') return Promise.resolve(new Uint8Array())
    return new Promise((resolve, reject) => {
      const breakOff = () => reject(new BrokenOffBodyError('the client went away'))
      if (incoming.destroyed) return breakOff()
      const pieces: Buffer[] = []
      incoming.on('data', (piece: Buffer) => pieces.push(piece))
      incoming.on('end', () => resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)))
      incoming.on('error', breakOff)
      incoming.on('close', breakOff)
    })
  }
}

/**
 * Every value that came under a name, joined: node:http keeps only the first of some, and whoever sent two would be taken at
 * the word of one. What the guard took out of `headers` is not there.
 */
function headerOf({ headers, rawHeaders }: IncomingMessage, name: string): string | null {
  if (!Object.hasOwn(headers, name)) return null
  let joined: string | null = null
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const given = rawHeaders[i] as string
    if (given.length !== name.length || given.toLowerCase() !== name) continue
    const value = rawHeaders[i + 1] as string
    joined = joined === null ? value : `${joined}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return joined
}
