import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ReceivedPush = { path: string; headers: IncomingHttpHeaders; body: Buffer }

/**
 * A push service and its one browser, for tests: takes messages at a loopback endpoint and can decrypt them, since it made
 * the subscription's keys.
 */
export class TestPushService {
  readonly received: ReceivedPush[] = []
  /** What the next messages are answered with. */
  answer: () => number | Promise<number> = () => 201
  readonly #server: Server
  readonly #keys: ECDH
  readonly #auth = randomBytes(16)
  #waiting: (() => void) | null = null

  constructor() {
    this.#keys = createECDH('prime256v1')
    this.#keys.generateKeys()
    this.#server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      this.received.push({ path: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks) })
      outgoing.writeHead(await this.answer()).end()
      this.#waiting?.()
    })
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** For OUTBOUND_ALLOW. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  subscription(path = '/send/1') {
    return {
      endpoint: `http://${this.host}${path}`,
      keys: { p256dh: this.#keys.getPublicKey('base64url'), auth: this.#auth.toString('base64url') },
    }
  }

  /** To that path where one is given: what was sent to another, on a port that had another service before, is passed over. */
  async nextPush(path?: string): Promise<ReceivedPush> {
    for (;;) {
      const index = this.received.findIndex((push) => path === undefined || push.path === path)
      if (index >= 0) return this.received.splice(index, 1)[0] as ReceivedPush
      await new Promise<void>((resolve) => (this.#waiting = resolve))
    }
  }

  decrypt(body: Buffer): string {
    // RFC 8188 §2.1: salt (16), record size (4), length of key id (1), key id: here the sender's public key.
    const salt = body.subarray(0, 16)
    const idLength = body.readUInt8(20)
    const senderKey = body.subarray(21, 21 + idLength)
    const record = body.subarray(21 + idLength)
    // RFC 8291 §3.4
    const shared = this.#keys.computeSecret(senderKey)
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#keys.getPublicKey(), senderKey])
    const ikm = Buffer.from(hkdfSync('sha256', shared, this.#auth, info, 32))
    const key = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: aes128gcm\0', 16))
    const nonce = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: nonce\0', 12))
    const decipher = createDecipheriv('aes-128-gcm', key, nonce)
    decipher.setAuthTag(record.subarray(-16))
    const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()])
    // RFC 8188 §2: the last record ends with 2 and zeros.
    return padded.subarray(0, padded.lastIndexOf(2)).toString('utf8')
  }
}
