import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { Database } from '@/db/client'
import { trustStoreVersion } from '@/lib/certificates/bump-trust-store'
import { endTrustStoreReports, REPORT_EVERY_MS, reportTrustStore } from '@/lib/certificates/report-trust-store'
import { readTrustStore, revokedAmong, type TrustStore } from '@/lib/certificates/trust-store'
import { currentTime } from '@/lib/context/clock'
import { newId } from '@/lib/core/ids'
import { SECOND } from '@/lib/core/time'
import { log } from '@/lib/log/log'

const GRACE_MS = 5 * SECOND

let current: TrustStore = { version: -1, certificates: [], ended: new Map() }
// Of the version that everything has been done for: what failed half-way is done again.
let doneVersion = -1
const listeners = new Set<(store: TrustStore) => void>()
const sockets = new Map<string, Set<TLSSocket>>()

/** The trust store as this process has it. */
export function trustStore(): TrustStore {
  return current
}

/** The version that everything of this process has taken up. */
export function takenUpVersion(): number {
  return doneVersion
}

export function onTrustChange(tell: (store: TrustStore) => void): () => void {
  listeners.add(tell)
  return () => listeners.delete(tell)
}

/**
 * Run every 500 ms: one small read, and all of it again when the number has grown. Connections of leaves that were revoked
 * are closed; a request that comes before that is told the reason.
 */
export async function refreshTrust(db: Database): Promise<void> {
  if ((await trustStoreVersion(db)) === doneVersion) return
  const read = await readTrustStore(db, currentTime())
  current = read
  warnOfNames(read)
  for (const tell of listeners) tell(read)
  if (sockets.size > 0) {
    for (const leaf of await revokedAmong(db, [...sockets.keys()], currentTime())) closeSockets(leaf)
  }
  doneVersion = read.version
}

// RFC 8446 §4.2.4: certificate_authorities, of at most 2^16 - 1 octets; TLS 1.2 has the same limit. Beyond it no handshake succeeds.
const NAMES_WARNED_AT = 40 * 1024

/** Every client is sent the names in the trust store: operators hear of it while there is room. */
function warnOfNames({ certificates }: TrustStore): void {
  const names = new Set(certificates.map((der) => new X509Certificate(der).subject ?? ''))
  // An attribute is a line here; in DER it has eleven octets around its value at most, and a name six.
  const bytes = [...names].reduce((sum, name) => sum + Buffer.byteLength(name) + 11 * name.split('\n').length + 6, 0)
  if (bytes < NAMES_WARNED_AT) return
  log().warn({ names: names.size, bytes }, 'the names in the trust store near what a TLS handshake can carry (64 KiB)')
}

const replicaId = newId('replica')
let reported = { version: -1, at: 0 }

/** `refreshTrust`, and says which version this process has: the page of a chain tells whether all have it. */
export async function followTrust(db: Database): Promise<void> {
  await refreshTrust(db)
  const now = currentTime()
  const version = doneVersion
  if (version === reported.version && now.getTime() - reported.at < REPORT_EVERY_MS) return
  await reportTrustStore(db, replicaId, version, now)
  reported = { version, at: now.getTime() }
}

/** The process ends: nobody waits for it any more. */
export async function leaveTrust(db: Database): Promise<void> {
  await endTrustStoreReports(db, replicaId)
}

/** Remembers whose connection this is, for as long as it is open. */
export function keepSocket(socket: TLSSocket, leaf: string): void {
  const known = sockets.get(leaf) ?? new Set()
  sockets.set(leaf, known.add(socket))
  socket.once('close', () => {
    known.delete(socket)
    if (known.size === 0 && sockets.get(leaf) === known) sockets.delete(leaf)
  })
}

function closeSockets(leaf: string): void {
  for (const socket of sockets.get(leaf) ?? []) setTimeout(() => socket.destroy(), GRACE_MS).unref()
}
