import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

/**
 * An authenticator in software: makes passkeys and assertions as a browser would hand them over (WebAuthn Level 3, §6.1 and
 * §6.5), so that tests run the real verification.
 */
export class TestAuthenticator {
  readonly id = randomBytes(16).toString('base64url')
  readonly rpId: string
  readonly origin: string
  counter = 0
  private readonly privateKey: KeyObject
  private readonly publicKey: KeyObject

  constructor(rpId = 'localhost', origin = 'http://localhost:3000') {
    this.rpId = rpId
    this.origin = origin
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.privateKey = privateKey
    this.publicKey = publicKey
  }

  register(challenge: string) {
    const attestation = isoCBOR.encode(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', new Uint8Array(Buffer.concat([this.authenticatorData(0x45), this.credentialData()]))],
      ]) as never,
    )
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key' as const,
      clientExtensionResults: {},
      response: {
        clientDataJSON: this.clientData('webauthn.create', challenge).toString('base64url'),
        attestationObject: Buffer.from(attestation).toString('base64url'),
        transports: ['internal'],
      },
    }
  }

  /** Flags: user present and verified unless told otherwise. */
  assert(challenge: string, flags = 0x05) {
    this.counter += 1
    const data = this.authenticatorData(flags)
    const client = this.clientData('webauthn.get', challenge)
    const signed = Buffer.concat([data, createHash('sha256').update(client).digest()])
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key' as const,
      clientExtensionResults: {},
      response: {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, this.privateKey).toString('base64url'),
      },
    }
  }

  private clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }))
  }

  private authenticatorData(flags: number): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.counter)
    return Buffer.concat([createHash('sha256').update(this.rpId).digest(), Buffer.from([flags]), counter])
  }

  private credentialData(): Buffer {
    const { x, y } = this.publicKey.export({ format: 'jwk' })
    const cose = isoCBOR.encode(
      new Map<number, unknown>([
        [1, 2], // EC2
        [3, -7], // ES256
        [-1, 1], // P-256
        [-2, new Uint8Array(Buffer.from(x as string, 'base64url'))],
        [-3, new Uint8Array(Buffer.from(y as string, 'base64url'))],
      ]) as never,
    )
    const id = Buffer.from(this.id, 'base64url')
    const length = Buffer.alloc(2)
    length.writeUInt16BE(id.length)
    return Buffer.concat([Buffer.alloc(16), length, id, Buffer.from(cose)])
  }
}
