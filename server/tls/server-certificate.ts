import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { type Env, EnvironmentError } from '@/lib/env/env'
import { developmentCertificate, type ServerCertificate } from './development-certificate'

export type LoadedCertificate = ServerCertificate & { fingerprint: string }

/**
 * What both TLS listeners show: the files of the environment or, in demo mode without them, a certificate of the development
 * CA. Null where a proxy does TLS instead. @throws EnvironmentError for files that do not make a server certificate
 */
export async function loadServerCertificate(env: Env, now: Date): Promise<LoadedCertificate | null> {
  if (env.tlsCertFile !== null && env.tlsKeyFile !== null) return loadFiles(env.tlsCertFile, env.tlsKeyFile)
  if (!env.demo) return null
  return withFingerprint(await developmentCertificate(env.dataDir, namesOf(env), now))
}

async function loadFiles(certFile: string, keyFile: string): Promise<LoadedCertificate> {
  const problems: string[] = []
  const read = (name: string, file: string) =>
    readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      problems.push(`${name}: cannot be read (${error.code})`)
      return ''
    })
  const [cert, key] = await Promise.all([read('TLS_CERT_FILE', certFile), read('TLS_KEY_FILE', keyFile)])
  if (problems.length === 0) problems.push(...pairProblems(cert, key))
  if (problems.length > 0) throw new EnvironmentError(problems)
  return withFingerprint({ cert, key })
}

/** A key that belongs to another certificate would fail every handshake; better no start, or the pair from before. */
function pairProblems(cert: string, key: string): string[] {
  const certificate = orNull(() => new X509Certificate(cert))
  const privateKey = orNull(() => createPrivateKey(key))
  const problems: string[] = []
  if (!certificate) problems.push('TLS_CERT_FILE: must be a certificate in PEM, with its intermediates after it')
  if (!privateKey) problems.push('TLS_KEY_FILE: must be a private key in PEM without a passphrase')
  if (!certificate || !privateKey) return problems
  if (!certificate.checkPrivateKey(privateKey)) return ['TLS_KEY_FILE: is not the key of TLS_CERT_FILE']
  return orNull(() => createSecureContext({ cert, key })) ? [] : ['TLS_CERT_FILE: OpenSSL does not take it']
}

function orNull<T>(make: () => T): T | null {
  try {
    return make()
  } catch {
    return null
  }
}

/** Every name under which demo mode is reached. */
function namesOf(env: Env): string[] {
  const hosts = [env.publicUrl.hostname, env.apiUrl.hostname].map((host) => host.replace(/^\[|\]$/g, ''))
  return [...new Set(['localhost', '127.0.0.1', '::1', ...hosts])]
}

function withFingerprint(pair: ServerCertificate): LoadedCertificate {
  return { ...pair, fingerprint: createHash('sha256').update(pair.cert).update(pair.key).digest('hex') }
}
