/**
 * Finds private keys in what somebody is about to submit, in any disguise: other case, indentation, escapes, UTF-16, a lost
 * END line, a key's bytes under another label or under none. Runs in the browser, so that the key never leaves it, and on
 * the server again. It rather stops one text too many than lets one key through.
 */
export type KeyMaterial = 'private-key' | 'key-store'

/** Nested encodings are followed this deep: base64 of a PEM text, as Kubernetes keeps it. */
const MAX_DEPTH = 2

export function findKeyMaterial(bytes: Uint8Array, depth = 0): KeyMaterial | null {
  const structure = judgeDer(bytes)
  if (structure) return structure
  if (isJavaKeyStore(bytes)) return 'key-store'
  const text = decodeLatin1(bytes)
  // Inside base64 only a whole label counts: policies of certificates speak of private keys in prose.
  if (depth === 0 ? namesPrivateKey(text) : /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(text)) return 'private-key'
  return findInBase64(text, depth)
}

/** The line, counted from 1, on which a label names a private key; null where only the bytes betray it. */
export function lineOfPrivateKey(bytes: Uint8Array): number | null {
  const lines = decodeLatin1(bytes).split(/\r\n|\r|\n/)
  const line = lines.findIndex(namesPrivateKey)
  return line === -1 ? null : line + 1
}

// UTF-16 of ASCII is ASCII with NUL between; bytes above 127 cannot be part of a label.
function decodeLatin1(bytes: Uint8Array): string {
  let text = ''
  for (let start = 0; start < bytes.length; start += 8192) {
    const part = bytes.subarray(start, start + 8192).filter((byte) => byte !== 0)
    text += String.fromCharCode(...part)
  }
  return text
}

function namesPrivateKey(text: string): boolean {
  const plain = unescapeText(text)
  if (/"d"\s*:/.test(plain) && /"kty"\s*:/.test(plain)) return true // a JSON Web Key
  if (/<D>[^<]*<\/D>/.test(plain) && /<Modulus>/.test(plain)) return true // XML signature key
  if (/PuTTY-User-Key-File/i.test(plain)) return true
  if (/PRIVATE[\s_-]*KEY/.test(plain)) return true
  // Not in other case without a boundary near it: certificates printed as text speak of private keys.
  return /begin[a-z]{0,16}privatekey|end(?:encrypted|rsa|dsa|ec|any|openssh|ssh)?privatekey/i.test(
    plain.replace(/[^a-z]/gi, ''),
  )
}

function unescapeText(text: string): string {
  return text
    .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi, (_, long?: string, short?: string) =>
      String.fromCharCode(Number.parseInt(long ?? short ?? '0', 16)),
    )
    .replace(/&#x([0-9a-f]{1,4});/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/&#(\d{1,5});/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&[a-z]+;/gi, ' ')
    .replace(/\\[nrt]/g, '\n')
}

/** Runs of base64, whatever stands around them: quotes, indentation, `>`; joined over the lines that they fill. */
function findInBase64(text: string, depth: number): KeyMaterial | null {
  let run = ''
  for (const token of unescapeText(text).split(/(?:[\s"'`,;|>\\]|-{5,})+/)) {
    if (/^[A-Za-z0-9+/_-]{4,}={0,2}$/.test(token)) {
      run += token
      if (!token.endsWith('=') && token.length >= 16) continue
    }
    const found = judgeRun(run, depth)
    if (found) return found
    run = ''
  }
  return judgeRun(run, depth)
}

// The shortest private key that there is, Ed25519 in PKCS#8, is 48 bytes.
const SHORTEST_RUN = 60

function judgeRun(run: string, depth: number): KeyMaterial | null {
  if (run.length < SHORTEST_RUN) return null
  const alphabet = run.replace(/-/g, '+').replace(/_/g, '/').replace(/=/g, '')
  const whole = alphabet.slice(0, alphabet.length - (alphabet.length % 4 === 1 ? 1 : 0))
  const bytes = Uint8Array.from(atob(whole), (character) => character.charCodeAt(0))
  return judgeValues(bytes) ?? (depth < MAX_DEPTH ? findKeyMaterial(bytes, depth + 1) : null)
}

/** A block may hold several values: a certificate first and a key after it. */
function judgeValues(bytes: Uint8Array): KeyMaterial | null {
  for (let rest = bytes, count = 0; rest.length > 0 && count < 16; count++) {
    const found = judgeDer(rest)
    if (found) return found
    const header = readHeader(rest, 0)
    if (!header || header.end > rest.length) return null
    rest = rest.subarray(header.end)
  }
  return null
}

const INTEGER = 0x02
const OCTET_STRING = 0x04
const OID = 0x06
const SEQUENCE = 0x30
const PKCS5_AND_12_ENCRYPTION = ['2a864886f70d0105', '2a864886f70d010c01']
const PKCS7 = '2a864886f70d0107'

/** The shapes of keys, by their first elements; lengths need not be canonical, and the end may be cut. */
function judgeDer(bytes: Uint8Array): KeyMaterial | null {
  const outer = readHeader(bytes, 0)
  if (outer?.tag !== SEQUENCE) return null
  const first = readHeader(bytes, outer.start)
  const second = first && readHeader(bytes, first.end)
  if (!first || !second) return null
  const third = readHeader(bytes, second.end)
  if (first.tag === INTEGER && first.end - first.start === 1) {
    const version = bytes[first.start]
    if (version === 3 && second.tag === SEQUENCE)
      return startsWithOid(bytes, second.start, [PKCS7]) ? 'key-store' : null
    if (version !== 0 && version !== 1) return null
    if (second.tag === INTEGER) return 'private-key' // PKCS#1, DSA
    if (second.tag === OCTET_STRING) return 'private-key' // SEC1
    if (second.tag === SEQUENCE && bytes[second.start] === OID && third?.tag === OCTET_STRING) return 'private-key' // PKCS#8
  }
  const encrypted = first.tag === SEQUENCE && second.tag === OCTET_STRING
  return encrypted && startsWithOid(bytes, first.start, PKCS5_AND_12_ENCRYPTION) ? 'private-key' : null
}

/** Octets of the longest prefix that is looked for. */
const LONGEST_PREFIX = 10

function startsWithOid(bytes: Uint8Array, at: number, prefixes: readonly string[]): boolean {
  const header = readHeader(bytes, at)
  if (header?.tag !== OID) return false
  const text = [...bytes.subarray(header.start, Math.min(header.end, header.start + LONGEST_PREFIX))]
    .map((octet) => octet.toString(16).padStart(2, '0'))
    .join('')
  return prefixes.some((prefix) => text.startsWith(prefix))
}

function readHeader(bytes: Uint8Array, at: number): { tag: number; start: number; end: number } | null {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) return null
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first }
  const octets = first & 0x7f
  if (octets > 4 || at + 2 + octets > bytes.length) return null
  let length = 0
  for (let index = 0; index < octets; index++) length = length * 256 + (bytes[at + 2 + index] ?? 0)
  // Of indefinite length: its content follows at once.
  return { tag, start: at + 2 + octets, end: octets === 0 ? at + 2 : at + 2 + octets + length }
}

function isJavaKeyStore(bytes: Uint8Array): boolean {
  const magic = [...bytes.subarray(0, 4)].map((octet) => octet.toString(16).padStart(2, '0')).join('')
  return magic === 'feedfeed' || magic === 'cececece'
}
