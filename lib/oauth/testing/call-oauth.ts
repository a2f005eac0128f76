import { randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { Database } from '@/db/client'
import { applicationPublicKeys } from '@/db/schema/credentials'
import type { RequestInfo } from '@/lib/context/request-info'
import { newId } from '@/lib/core/ids'
import type { Environment } from '@/lib/core/secrets'
import type { MachineHandler } from '@/lib/http/machine-endpoint'
import { callMachine } from '@/lib/http/testing'
import { issuer } from '../issuer'

type Client = { clientId: string; clientSecret: string }
type Init = {
  /** By Basic, form-encoded as RFC 6749 §2.3.1 says. */
  basic?: Client
  headers?: Record<string, string>
  info?: Partial<RequestInfo>
  address?: string
}

/** A form-encoded request as a client library would send it. */
export function callOauth(
  handler: MachineHandler,
  path: string,
  parameters: Record<string, string> | string,
  init: Init = {},
) {
  const authorization = init.basic && basicOf(init.basic)
  return callMachine(handler, {
    method: 'POST',
    url: `${issuer()}${path}`,
    body: typeof parameters === 'string' ? parameters : new URLSearchParams(parameters).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization ? { authorization } : {}),
      ...init.headers,
    },
    ...(init.info ? { info: init.info } : {}),
    ...(init.address ? { address: init.address } : {}),
  })
}

export function basicOf({ clientId, clientSecret }: Client): string {
  const text = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`
  return `Basic ${Buffer.from(text).toString('base64')}`
}

export type TestKey = { id: string; kid: string; alg: 'PS256' | 'ES256' | 'EdDSA'; jwk: JWK; privateKey: CryptoKey }

export async function aKeyPair(alg: TestKey['alg'] = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { privateKey, jwk: await exportJWK(publicKey) }
}

/** A public key of the application, as if it had been added on the portal. */
export async function aPublicKey(
  db: Database,
  application: { id: string; environment: Environment },
  alg: TestKey['alg'] = 'ES256',
): Promise<TestKey> {
  const { privateKey, jwk } = await aKeyPair(alg)
  const thumbprint = await calculateJwkThumbprint(jwk, 'sha256')
  const id = newId('publicKey')
  await db.insert(applicationPublicKeys).values({
    id,
    applicationId: application.id,
    environment: application.environment,
    kid: thumbprint,
    algorithm: alg,
    jwk: jwk as Record<string, unknown>,
    thumbprint: Buffer.from(thumbprint, 'base64url'),
  })
  return { id, kid: thumbprint, alg, jwk, privateKey }
}

export async function anAssertion(
  key: TestKey,
  clientId: string,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<Record<string, string>> {
  const now = Math.floor(Date.now() / 1000)
  const all = { iss: clientId, sub: clientId, aud: issuer(), jti: randomUUID(), iat: now, exp: now + 60, ...claims }
  const assertion = await new SignJWT(all)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey)
  return {
    client_id: clientId,
    client_assertion: assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }
}

type ProofKey = { privateKey: CryptoKey; jwk: JWK }

export async function aProof(
  key: ProofKey,
  path: string,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const all = { htm: 'POST', htu: `${issuer()}${path}`, iat: now, jti: randomUUID(), ...claims }
  return new SignJWT(all)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk, ...header })
    .sign(key.privateKey)
}
