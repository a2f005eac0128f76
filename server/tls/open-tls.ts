import type https from 'node:https'
import type { Database } from '@/db/client'
import { refreshRevocation } from '@/lib/certificates/revocation/verdicts'
import { currentTime } from '@/lib/context/clock'
import { EnvironmentError, env } from '@/lib/env/env'
import { log } from '@/lib/log/log'
import { createTlsListener, type PageHandler } from '../listeners'
import { secureContextOf } from './secure-context'
import { loadServerCertificate } from './server-certificate'
import { onTrustChange, refreshTrust, trustStore } from './trust'

export type TlsListeners = {
  oneWay: https.Server
  twoWay: https.Server
  /** Takes up a server certificate that has changed; one that does not fit its key is reported, and the one before stays. */
  reloadCertificate(): Promise<void>
}

/** Both TLS listeners, not listening yet; null where a proxy does TLS. The 2-way one follows the trust store by itself. */
export async function openTls(
  db: Database,
  pages: PageHandler,
  options: { pagesServeMachines: boolean },
): Promise<TlsListeners | null> {
  await refreshTrust(db) // the guard needs both behind a proxy too
  await refreshRevocation(db)
  let told: string | null = null
  let certificate = await loadServerCertificate(env(), currentTime())
  if (!certificate) return null
  const oneWay = createTlsListener('1', secureContextOf(certificate, null), pages, options)
  const twoWay = createTlsListener('2', secureContextOf(certificate, trustStore()), pages, options)
  onTrustChange((store) => {
    if (certificate) twoWay.setSecureContext(secureContextOf(certificate, store))
  })
  return { oneWay, twoWay, reloadCertificate }

  async function reloadCertificate(): Promise<void> {
    const read = await loadServerCertificate(env(), currentTime()).catch(tellOnce)
    told = read === undefined ? told : null
    if (!read || read.fingerprint === certificate?.fingerprint) return
    certificate = read
    oneWay.setSecureContext(secureContextOf(read, null))
    twoWay.setSecureContext(secureContextOf(read, trustStore()))
    log().info('a new server certificate is in use')
  }

  /** Of two files one is replaced first: between them, and for as long as it lasts, the pair from before is shown. */
  function tellOnce(error: unknown): undefined {
    if (!(error instanceof EnvironmentError)) throw error
    if (told !== error.message) log().warn({ err: error }, 'the server certificate from before stays in use')
    told = error.message
  }
}
