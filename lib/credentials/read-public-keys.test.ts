import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { makeAuthority } from '@/lib/certificates/testing/make-client-chain'
import { PUBLIC_KEY_LIMIT, PUBLIC_KEY_MAX_BYTES } from './public-key-schema'
import { readPublicKeys } from './read-public-keys'

const rsa = (bits: number, exponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: exponent })
const RSA = rsa(2048)
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ED25519 = generateKeyPairSync('ed25519')
const KINDS = [
  ['PS256', RSA],
  ['ES256', P256],
  ['EdDSA', ED25519],
] as const

const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' }) as Record<string, unknown>
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
const read = (text: unknown) =>
  readPublicKeys(new TextEncoder().encode(typeof text === 'string' ? text : JSON.stringify(text)))

async function refusal(text: unknown): Promise<{ reason: string; message: string }> {
  return read(text).then(
    (keys) => expect.fail(`read ${JSON.stringify(keys)}`),
    ({ reason, message }) => ({ reason, message }),
  )
}

describe('a public key', () => {
  test.each(KINDS)(
    'for %s is read as JWK, in a JWK Set and as PEM, with the thumbprint of RFC 7638',
    async (algorithm, pair) => {
      const jwk = jwkOf(pair.publicKey)
      const thumbprint = await calculateJwkThumbprint(jwk as JWK)
      const same = { algorithm, jwk, thumbprint }
      expect(await read(jwk)).toEqual([{ ...same, kid: null }])
      expect(await read({ keys: [{ ...jwk, kid: 'of-2026', use: 'sig', alg: algorithm }] })).toEqual([
        { ...same, kid: 'of-2026' },
      ])
      expect(await read(`  ${pemOf(pair.publicKey)}\n`)).toEqual([{ ...same, kid: null }])
    },
  )

  test('of a certificate, in PKCS #1, and named Ed25519 by a newer program, is read too', async () => {
    const authority = makeAuthority('Any', new Date())
    const certificate = new X509Certificate(authority.der)
    const [key] = await read(certificate.toString())
    expect(key?.jwk).toEqual(jwkOf(certificate.publicKey))
    expect(await read(RSA.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString())).toMatchObject([
      { algorithm: 'PS256' },
    ])
    expect(await read({ ...jwkOf(ED25519.publicKey), alg: 'Ed25519' })).toMatchObject([{ algorithm: 'EdDSA' }])
  })

  test('keeps nothing but its public members, and keys of a set that encrypt are left out', async () => {
    const jwk = { ...jwkOf(P256.publicKey), x5c: ['MII'], note: 'ours', key_ops: ['verify'] }
    const [key] = await read({ keys: [{ ...jwkOf(RSA.publicKey), use: 'enc' }, jwk] })
    expect(Object.keys(key?.jwk ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y'])
  })
})

describe('a private key', () => {
  const encrypted = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const
  const forms: [string, unknown][] = KINDS.flatMap(([name, { privateKey, publicKey }]): [string, unknown][] => [
    [`${name} as JWK`, jwkOf(privateKey)],
    [`${name} in a set, behind a public one`, { keys: [jwkOf(publicKey), jwkOf(privateKey)] }],
    [`${name} in a set, for encryption`, { keys: [jwkOf(publicKey), { ...jwkOf(privateKey), use: 'enc' }] }],
    [`${name} as PEM`, privateKey.export({ type: 'pkcs8', format: 'pem' })],
    [`${name} behind its public key`, pemOf(publicKey) + privateKey.export({ type: 'pkcs8', format: 'pem' })],
    [`${name} encrypted`, privateKey.export(encrypted)],
  ])
  test.each([
    ...forms,
    ['a secret of HMAC', { kty: 'oct', k: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['one prime alone', { ...jwkOf(RSA.publicKey), p: jwkOf(RSA.privateKey).p }],
    ['with escaped members', JSON.stringify(jwkOf(P256.privateKey)).replace('"d"', '"\\u0064"')],
  ] as [string, unknown][])('is refused as leaked: %s', async (_, text) => {
    const { reason, message } = await refusal(text)
    expect(reason).toBe('private-key')
    expect(message).toContain('leaked')
  })
})

describe('not read', () => {
  const weak = rsa(1024).publicKey
  const p256 = jwkOf(P256.publicKey)
  test.each([
    ['nothing', '', 'Paste'],
    ['prose', 'my key', 'neither JSON nor PEM'],
    ['broken JSON', '{"kty":', 'not JSON'],
    ['a set that is none', { keys: 'all' }, 'not a list'],
    ['an empty set', { keys: [] }, 'No key in it'],
    ['a set for encryption alone', { keys: [{ ...p256, use: 'enc' }] }, 'No key in it'],
    ['too many', { keys: Array(PUBLIC_KEY_LIMIT + 1).fill(p256) }, 'more than'],
    ['a key without a kind', { n: 'AQAB' }, 'not whole'],
    [
      'a point that is not on the curve',
      { ...p256, x: jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey).x },
      'not whole',
    ],
    ['an RSA key of 1024 bits', pemOf(weak), '2048'],
    ['an RSA key with exponent 1', { ...jwkOf(RSA.publicKey), e: 'AQ' }, 'exponent'],
    ['P-384', jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey), 'P-256'],
    ['Ed448', pemOf(generateKeyPairSync('ed448').publicKey), 'RSA, P-256 or Ed25519'],
    ['X25519', pemOf(generateKeyPairSync('x25519').publicKey), 'RSA, P-256 or Ed25519'],
    ['RSA-PSS', pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey), 'plain RSA'],
    ['a key that signs with RS256', { ...jwkOf(RSA.publicKey), alg: 'RS256' }, 'PS256'],
    ['a key that only encrypts', { ...p256, key_ops: ['encrypt'] }, 'key_ops'],
    ['a kid that is no text', { ...p256, kid: 7 }, 'kid'],
    ['a kid of two lines', { ...p256, kid: 'a\r\nb' }, 'kid'],
    ['two blocks', pemOf(P256.publicKey) + pemOf(RSA.publicKey), 'one PEM block'],
    ['half a block', pemOf(P256.publicKey).slice(0, 80), 'no end'],
    ['a block of something else', pemOf(P256.publicKey).replaceAll('PUBLIC KEY', 'PKCS7'), 'not a public key'],
    ['a block of nonsense', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'cannot be read'],
    ['what is too large', `{"a":"${'-'.repeat(PUBLIC_KEY_MAX_BYTES)}"}`, 'too large'],
  ] as [string, unknown, string][])('is %s, with the reason', async (_, text, words) => {
    const { reason, message } = await refusal(text)
    expect(reason).toBe('public-key-invalid')
    expect(message).toContain(words)
  })
})
