import type { PublicKeyAlgorithm } from '@/lib/credentials/public-key-schema'

type Assertion = {
  issuer: string
  /** Where the token endpoint is called. */
  origin: string
  /** Over the 2-way host, with a client certificate. */
  isMutual: boolean
  clientId: string
  kid: string
  algorithm: PublicKeyAlgorithm
}

const SIGN: Record<PublicKeyAlgorithm, string> = {
  ES256: 'sign("sha256", text, { key, dsaEncoding: "ieee-p1363" })',
  PS256: 'sign("sha256", text, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })',
  EdDSA: 'sign(null, Buffer.from(text), key)',
}

/** A client assertion (RFC 7523) and the call that presents it, for a shell with Node.js and nothing else. */
export function assertionLine({ issuer, origin, isMutual, clientId, kid, algorithm }: Assertion): string {
  const header = JSON.stringify({ alg: algorithm, kid })
  const script = [
    'const { constants, randomUUID, sign } = require("node:crypto")',
    'const key = require("node:fs").readFileSync("private.pem")',
    'const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url")',
    'const iat = Math.floor(Date.now() / 1000)',
    `const id = "${clientId}", aud = "${issuer}"`,
    'const claims = { iss: id, sub: id, aud, jti: randomUUID(), iat, exp: iat + 60 }',
    `const text = part(${header}) + "." + part(claims)`,
    `console.log(text + "." + ${SIGN[algorithm]}.toString("base64url"))`,
  ].join('\n')
  return [
    `ASSERTION=$(node -e ${quoted(script)})`,
    `curl ${origin}/oauth2/token \\`,
    ...(isMutual ? ['  --cert certificate.pem --key certificate-key.pem \\'] : []),
    `  -d grant_type=client_credentials -d client_id=${clientId} \\`,
    '  -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \\',
    '  -d client_assertion="$ASSERTION"',
  ].join('\n')
}

/** For a POSIX shell: a kid may hold any printable sign. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
