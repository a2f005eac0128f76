import {
  AuthenticatedSafe,
  CertBag,
  Certificate,
  PFX,
  PKCS8ShroudedKeyBag,
  PrivateKeyInfo,
  SafeBag,
  SafeContents,
} from 'pkijs'

const KEY_BAG = '1.2.840.113549.1.12.10.1.2'
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3'
const ITERATIONS = 210_000

/** As OpenSSL 3 reads without its legacy provider. */
function encryption(password: ArrayBuffer) {
  // The type asks for an initialization vector; pkijs draws its own.
  const iv = crypto.getRandomValues(new Uint8Array(16))
  return {
    password,
    contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256, iv } as const,
    hmacHashAlgorithm: 'SHA-256' as const,
    iterationCount: ITERATIONS,
  }
}

/** A PKCS #12 file (RFC 7292) of a key and its chain, leaf first: AES-256-CBC under PBKDF2 with SHA-256, MAC with SHA-256. */
export async function makeKeyStore(pkcs8: ArrayBuffer, chainPem: string, password: string): Promise<ArrayBuffer> {
  const secret = new TextEncoder().encode(password).buffer
  const keyBag = new PKCS8ShroudedKeyBag({ parsedValue: PrivateKeyInfo.fromBER(pkcs8) })
  await keyBag.makeInternalValues(encryption(secret))
  const certificateBags = decodePem(chainPem).map((der) => {
    const bagValue = new CertBag({ parsedValue: Certificate.fromBER(der) })
    return new SafeBag({ bagId: CERTIFICATE_BAG, bagValue })
  })
  const authenticatedSafe = new AuthenticatedSafe({
    parsedValue: {
      safeContents: [
        { privacyMode: 0, value: new SafeContents({ safeBags: [new SafeBag({ bagId: KEY_BAG, bagValue: keyBag })] }) },
        { privacyMode: 1, value: new SafeContents({ safeBags: certificateBags }) },
      ],
    },
  })
  await authenticatedSafe.makeInternalValues({ safeContents: [{}, encryption(secret)] })
  const store = new PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } })
  await store.makeInternalValues({
    password: secret,
    iterations: ITERATIONS,
    pbkdf2HashAlgorithm: 'SHA-256',
    hmacHashAlgorithm: 'SHA-256',
  })
  return store.toSchema().toBER()
}

function decodePem(pem: string): ArrayBuffer[] {
  return [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)].map(([, body = '']) => {
    return Uint8Array.from(atob(body.replace(/\s/g, '')), (character) => character.charCodeAt(0)).buffer
  })
}
