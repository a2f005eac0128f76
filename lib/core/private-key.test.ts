import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { findKeyMaterial, lineOfPrivateKey } from './private-key'

const bytes = (text: string) => new TextEncoder().encode(text)
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed = generateKeyPairSync('ed25519')

const pem = ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const ders: [string, Buffer][] = [
  ['PKCS#8, P-256', ec.privateKey.export({ type: 'pkcs8', format: 'der' })],
  ['PKCS#8, Ed25519', ed.privateKey.export({ type: 'pkcs8', format: 'der' })],
  ['PKCS#1', rsa.privateKey.export({ type: 'pkcs1', format: 'der' })],
  ['SEC1', ec.privateKey.export({ type: 'sec1', format: 'der' })],
  ['encrypted', ec.privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'x' })],
]
const wrap = (label: string, der: Buffer) =>
  `-----BEGIN ${label}-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')

describe('a private key is found', () => {
  test.each(ders)('as bytes: %s', (_, der) => expect(findKeyMaterial(der)).toBe('private-key'))

  test.each(ders)('under another label: %s', (_, der) => {
    expect(findKeyMaterial(bytes(wrap('CERTIFICATE', der)))).toBe('private-key')
    expect(findKeyMaterial(bytes(wrap('PUBLIC KEY', der).replaceAll('\n', '\r\n')))).toBe('private-key')
  })

  test.each(ders)('without any label: %s', (_, der) => {
    expect(findKeyMaterial(bytes(der.toString('base64')))).toBe('private-key')
    expect(findKeyMaterial(bytes(der.toString('base64url')))).toBe('private-key')
    expect(
      findKeyMaterial(bytes(`${der.toString('base64url').slice(0, 90)}--${der.toString('base64url').slice(92)}`)),
    ).toBe('private-key')
    expect(findKeyMaterial(bytes(`key: "${der.toString('base64')}"`))).toBe('private-key')
  })

  test.each([
    ['plainly', pem],
    ['in lower case', pem.toLowerCase()],
    ['indented', pem.replace(/^/gm, '    ')],
    ['quoted', pem.replace(/^/gm, '> ')],
    ['without its END', pem.split('\n').slice(0, -2).join('\n')],
    ['without its BEGIN', pem.split('\n').slice(1).join('\n')],
    ['as JSON', JSON.stringify({ key: pem })],
    ['URL-encoded', encodeURIComponent(pem)],
    ['URL-encoded twice over spaces', pem.replaceAll(' ', '%20')],
    ['with entities', pem.replaceAll(' ', '&nbsp;')],
    ['with escaped letters', pem.replaceAll('P', '\\u0050')],
    ['as base64 of PEM', Buffer.from(pem).toString('base64')],
    ['as base64 of base64 of PEM', Buffer.from(Buffer.from(pem).toString('base64')).toString('base64')],
    ['of SSH', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz'],
    ['of PGP', '-----BEGIN PGP PRIVATE KEY BLOCK-----'],
    ['of PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519'],
    ['as a JSON Web Key', JSON.stringify(ec.privateKey.export({ format: 'jwk' }))],
    ['alone on a line', 'PRIVATE KEY'],
  ])('%s', (_, text) => expect(findKeyMaterial(bytes(text))).toBe('private-key'))

  test('in UTF-16, either way round', () => {
    expect(findKeyMaterial(utf16(pem))).toBe('private-key')
    expect(findKeyMaterial(utf16(pem).swap16())).toBe('private-key')
  })

  test('as a second value of a block', () => {
    const publicKey = ec.publicKey.export({ type: 'spki', format: 'der' })
    const [, [, key]] = ders as [unknown, [string, Buffer]]
    expect(findKeyMaterial(bytes(wrap('CERTIFICATE', Buffer.concat([publicKey, key]))))).toBe('private-key')
  })
})

test('key stores are told apart', () => {
  expect(findKeyMaterial(Buffer.from('feedfeed00000002', 'hex'))).toBe('key-store')
  expect(findKeyMaterial(Buffer.from('3082000f020103300b06092a864886f70d010701', 'hex'))).toBe('key-store')
})

test.each([
  ['a public key', ec.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  ['prose', 'The private key is kept on a device.'],
  ['an extension printed as text', 'X509v3 Private Key Usage Period: '],
  ['nothing', ''],
  ['a JSON Web Key that is public', JSON.stringify(ec.publicKey.export({ format: 'jwk' }))],
])('%s is no private key', (_, text) => expect(findKeyMaterial(bytes(text))).toBeNull())

test('the line of the label is told, where there is one', () => {
  expect(lineOfPrivateKey(bytes(`\n\n${pem}`))).toBe(3)
  expect(lineOfPrivateKey(bytes('nothing'))).toBeNull()
})
