import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { Database } from '@/db/client'
import { passkeys } from '@/db/schema/people'
import { newId } from '@/lib/core/ids'
import { sha256 } from '@/lib/core/secrets'
import { env } from '@/lib/env/env'
import type { PasskeyAssertion } from './schema'

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04

export type TestPasskey = {
  id: string
  credentialId: string
  /** Signs a challenge as an authenticator would, with user verification. */
  assert(challenge: string, options?: { counter?: number; verified?: boolean; origin?: string }): PasskeyAssertion
}

/** A passkey in software: its row in the database, and the hand that signs with it. */
export async function aPasskey(
  db: Database,
  personId: string,
  values: Partial<typeof passkeys.$inferInsert> = {},
): Promise<TestPasskey> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const row = {
    id: newId('passkey'),
    personId,
    credentialId: randomBytes(16).toString('base64url'),
    publicKey: coseKey(Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')),
    counter: 0,
    rpId: env().rpId,
    name: 'Test passkey',
    backupEligible: false,
    backedUp: false,
    acceptsFrom: new Date(0),
    ...values,
  }
  await db.insert(passkeys).values(row)
  return {
    id: row.id,
    credentialId: row.credentialId,
    assert(challenge, { counter = 0, verified = true, origin = env().publicUrl.origin } = {}) {
      const clientData = Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin, crossOrigin: false }))
      const authenticatorData = Buffer.concat([
        sha256(row.rpId),
        Buffer.from([verified ? USER_PRESENT | USER_VERIFIED : USER_PRESENT]),
        uint32(counter),
      ])
      return {
        id: row.credentialId,
        rawId: row.credentialId,
        type: 'public-key',
        response: {
          clientDataJSON: clientData.toString('base64url'),
          authenticatorData: authenticatorData.toString('base64url'),
          signature: sign('sha256', Buffer.concat([authenticatorData, sha256(clientData)]), privateKey).toString(
            'base64url',
          ),
        },
        clientExtensionResults: {},
      }
    },
  }
}

/** RFC 9052 key of the type EC2, algorithm ES256, curve P-256. */
function coseKey(x: Buffer, y: Buffer): Buffer {
  const bytes = (value: Buffer) => Buffer.concat([Buffer.from([0x58, value.length]), value])
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    bytes(x),
    Buffer.from([0x22]),
    bytes(y),
  ])
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32BE(value)
  return buffer
}
