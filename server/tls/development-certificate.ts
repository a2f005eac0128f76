import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { id_kp_serverAuth, KeyUsageFlags } from '@peculiar/asn1-x509'
import { type Signer, type Subject, signCertificate, toSerial } from '@/lib/certificates/sign-certificate'
import { toPem } from '@/lib/certificates/to-pem'
import { addDays, addMs, DAY, MINUTE } from '@/lib/core/time'

export type ServerCertificate = { cert: string; key: string }

const CA_DAYS = 3650
const SERVER_DAYS = 90
const RENEWED_DAYS_BEFORE = 30
const CA_SUBJECT: Subject = { O: 'Countersign', CN: 'Countersign development CA' }

/**
 * The server certificate of demo mode: from a CA of this DATA_DIR, whose certificate `tls/ca.pem` is for clients to trust.
 * Both are kept; the server's is made anew a month before its end, or when another name is to be answered for. Whoever
 * reads a file while another process writes it gets the old one or the new one, since each appears by `rename`.
 */
export async function developmentCertificate(
  dataDir: string,
  names: readonly string[],
  now: Date,
): Promise<ServerCertificate> {
  const directory = path.join(dataDir, 'tls')
  if (!(await read(path.join(directory, 'ca.pem')))) await makeCa(dataDir, directory, now)
  const file = path.join(directory, 'server.pem')
  const kept = await read(file)
  if (kept && isGoodFor(kept, names, now)) return { cert: kept, key: kept }
  const made = await signServer(directory, names, now)
  await replace(file, made, 0o600)
  return { cert: made, key: made }
}

/** Certificate and key appear together, as one directory: of two processes at once one wins, and the other takes its CA. */
async function makeCa(dataDir: string, directory: string, now: Date): Promise<void> {
  const draft = path.join(dataDir, `tls.${process.pid}.${randomBytes(4).toString('hex')}`)
  const { privateKey, signer } = newKey(CA_SUBJECT)
  const certificate = signCertificate(
    {
      serial: toSerial(randomBytes(16)),
      subject: CA_SUBJECT,
      spki: signer.spki,
      notBefore: addMs(now, -5 * MINUTE),
      notAfter: addDays(now, CA_DAYS),
      ca: { pathLength: 0 },
      keyUsage: KeyUsageFlags.keyCertSign,
    },
    signer,
  )
  await mkdir(dataDir, { recursive: true })
  await mkdir(draft, { mode: 0o700 })
  await writeFile(path.join(draft, 'ca.key'), toKeyPem(privateKey), { mode: 0o600 })
  await writeFile(path.join(draft, 'ca.pem'), toPem([certificate]), { mode: 0o644 })
  try {
    await rename(draft, directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function signServer(directory: string, names: readonly string[], now: Date): Promise<string> {
  const ca = new X509Certificate(await readFile(path.join(directory, 'ca.pem')))
  const caKey = createPrivateKey(await readFile(path.join(directory, 'ca.key')))
  const issuer: Signer = {
    subject: CA_SUBJECT,
    spki: ca.publicKey.export({ format: 'der', type: 'spki' }),
    privateKey: caKey,
  }
  const subject: Subject = { CN: 'Countersign development server' }
  const { privateKey, signer } = newKey(subject)
  const certificate = signCertificate(
    {
      serial: toSerial(randomBytes(16)),
      subject,
      spki: signer.spki,
      notBefore: addMs(now, -5 * MINUTE),
      notAfter: addDays(now, SERVER_DAYS),
      ca: null,
      keyUsage: KeyUsageFlags.digitalSignature,
      extendedKeyUsage: [id_kp_serverAuth],
      alternativeNames: { dns: names.filter((name) => !isAddress(name)), ip: names.filter(isAddress) },
    },
    issuer,
  )
  return toPem([certificate, ca.raw]) + toKeyPem(privateKey)
}

function isGoodFor(pem: string, names: readonly string[], now: Date): boolean {
  const certificate = new X509Certificate(pem)
  const renewedAt = new Date(certificate.validTo).getTime() - RENEWED_DAYS_BEFORE * DAY
  if (now.getTime() > renewedAt) return false
  return names.every(
    (name) => (isAddress(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined,
  )
}

function isAddress(name: string): boolean {
  return /^[\d.]+$/.test(name) || name.includes(':')
}

function newKey(subject: Subject): { privateKey: KeyObject; signer: Signer } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey, signer: { subject, spki: publicKey.export({ format: 'der', type: 'spki' }), privateKey } }
}

function toKeyPem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, text, { mode })
  await rename(draft, file)
}

async function read(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
