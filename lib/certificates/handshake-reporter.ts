import { X509Certificate } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import type { ClientCertificate } from '@/lib/context/request-info'
import { sha256 } from '@/lib/core/secrets'
import { log } from '@/lib/log/log'
import { describeName } from './describe-name'

/**
 * Who shook hands with which certificate, written behind: what is seen gathers in memory, the same once more is counted, and
 * one statement a second finds out whose it is. Strangers can bring about any of it, so that what gathers is bounded and the
 * rest is dropped.
 */
/** `protocol` as OpenSSL names it (`TLSv1.3`); none where a proxy made the handshake. */
type From = { now: Date; address: string | null; protocol?: string | null }
type Refused = {
  /** One of HANDSHAKE_CODES, or `certificate-of-another`. */
  code: string
  /** Null: none came. */
  certificate: ClientCertificate | null
  /** The Application Key that came with it, as a client wrote it; null: none. */
  clientId: string | null
  /** The secret of that key came with it: it is this application, whatever the certificate says. */
  secretFits?: boolean
}

const SOUND_MAX = 1000
const REFUSED_MAX = 200
// A stranger who knows an Application Key can make certificates without end.
const REFUSED_MAX_FOR_KEY = 5
const NAME_MAX = 300

type Sound = { at: Date; address: string | null; protocol: string | null }
type Refusal = Sound & {
  code: string
  leaf: string
  key: string
  clientId: string
  secretFits: boolean
  subject: string
  issuer: string
  notAfter: Date | null
  times: number
}

export type HandshakeReporter = {
  /** The holder of the leaf's key is there, and it leads to a trust anchor. */
  noteSound(certificate: ClientCertificate, from: From): void
  noteRefused(refused: Refused, from: From): void
  flush(db: Database): Promise<void>
}

export function makeHandshakeReporter(): HandshakeReporter {
  let sound = new Map<string, Sound>()
  let refused = new Map<string, Refusal>()
  let perKey = new Map<string, number>()
  let writing = Promise.resolve()
  return { noteSound, noteRefused, flush }

  function noteSound({ sha256: leaf }: ClientCertificate, { now, address, protocol = null }: From): void {
    const known = sound.get(leaf)
    if (known) Object.assign(known, { at: now, address, protocol })
    else if (sound.size < SOUND_MAX) sound.set(leaf, { at: now, address, protocol })
  }

  function noteRefused(given: Refused, { now, address, protocol = null }: From): void {
    const { code, certificate, secretFits = false } = given
    const clientId = given.clientId !== null && /^[0-9a-f]{32}$/.test(given.clientId) ? given.clientId : ''
    if (!certificate && clientId === '') return // nobody's
    const name = `${code} ${certificate?.sha256 ?? ''} ${clientId} ${secretFits}`
    const known = refused.get(name)
    if (known) {
      known.times += 1
      Object.assign(known, { at: now, address, protocol })
      return
    }
    const ofKey = perKey.get(clientId) ?? 0
    if (refused.size >= REFUSED_MAX || (clientId !== '' && ofKey >= REFUSED_MAX_FOR_KEY)) return
    perKey.set(clientId, ofKey + 1)
    const what = describeCertificate(certificate)
    refused.set(name, { ...what, code, clientId, secretFits, at: now, address, protocol, times: 1 })
  }

  function flush(db: Database): Promise<void> {
    writing = writing.then(() => write(db))
    return writing
  }

  /** What cannot be written is let go: it is there to help, nothing depends on it. */
  async function write(db: Database): Promise<void> {
    const [gatheredSound, gatheredRefused] = [[...sound], [...refused.values()]]
    sound = new Map()
    refused = new Map()
    perKey = new Map()
    try {
      if (gatheredSound.length > 0) await db.execute(soundStatement(gatheredSound))
      if (gatheredRefused.length > 0) await db.execute(refusedStatement(gatheredRefused))
    } catch (error) {
      log().warn({ err: error }, 'handshakes could not be recorded')
    }
  }
}

function describeCertificate(certificate: ClientCertificate | null) {
  if (!certificate) return { leaf: '', key: '', subject: '', issuer: '', notAfter: null }
  const x509 = new X509Certificate(certificate.der)
  return {
    leaf: certificate.sha256,
    key: keyOf(x509),
    subject: describeName(x509.subject).slice(0, NAME_MAX).toWellFormed(),
    issuer: describeName(x509.issuer).slice(0, NAME_MAX).toWellFormed(),
    notAfter: new Date(x509.validTo),
  }
}

function keyOf(certificate: X509Certificate): string {
  try {
    return sha256(certificate.publicKey.export({ format: 'der', type: 'spki' })).toString('hex')
  } catch {
    return '' // a kind of key that OpenSSL does not know
  }
}

/** In the order of the chains, so that two processes never wait for each other in a circle. */
function soundStatement(entries: [string, Sound][]): SQL {
  return sql`
    insert into chain_handshakes as h (chain_id, at, address, protocol)
    select c.id, g.at, g.address, g.protocol
    from ${rowsOf(entries.map(([leaf, one]) => ({ leaf, ...one })))} as g (leaf text, at timestamptz, address text, protocol text)
    join certificate_chains c on c.leaf_sha256 = decode(g.leaf, 'hex')
    order by c.id
    on conflict (chain_id) do update set at = excluded.at, address = excluded.address, protocol = excluded.protocol
    where excluded.at > h.at`
}

/**
 * Whose a refusal is: of who proved its secret; else of who submitted that leaf; else of whose key the leaf has; else of the
 * Application Key that was named, which proves nothing. Nobody's is not written.
 */
function refusedStatement(entries: Refusal[]): SQL {
  return sql`
    with given as (
      select *, decode(leaf, 'hex') as leaf_sha256 from ${rowsOf(entries)} as g (
        code text, leaf text, key text, "clientId" text, "secretFits" boolean, subject text, issuer text, "notAfter" timestamptz,
        at timestamptz, address text, protocol text, times int)
    ), laid as (
      select g.*, k.application_id, k.environment, 'secret' as laid_by, null as chain_id
      from given g join application_keys k on k.client_id = g."clientId" where g."secretFits"
      union all
      select g.*, c.application_id, c.environment, 'certificate', c.id
      from given g join certificate_chains c on c.leaf_sha256 = g.leaf_sha256 where g.leaf <> '' and not g."secretFits"
      union all
      select g.*, c.application_id, c.environment, 'key', c.id
      from given g join lateral (
        select distinct on (application_id, environment) application_id, environment, id from certificate_chains
        where g.key <> '' and key_sha256 = decode(g.key, 'hex')
        order by application_id, environment, submitted_at desc) c on true
      where not g."secretFits" and not exists (select from certificate_chains l where g.leaf <> '' and l.leaf_sha256 = g.leaf_sha256)
      union all
      select g.*, k.application_id, k.environment, 'application-key', null
      from given g join application_keys k on k.client_id = g."clientId"
      where not g."secretFits" and not exists (
        select from certificate_chains l
        where g.leaf <> '' and l.leaf_sha256 = g.leaf_sha256 or g.key <> '' and l.key_sha256 = decode(g.key, 'hex'))
    )
    insert into certificate_refusals as r (application_id, environment, code, laid_by, leaf_sha256, chain_id, subject, issuer, not_after,
      address, protocol, first_at, last_at, times)
    select application_id, environment, code, laid_by, leaf_sha256, min(chain_id), min(subject), min(issuer), min("notAfter"),
      (array_agg(address order by at desc))[1], (array_agg(protocol order by at desc))[1], min(at), max(at), sum(times)::int
    from laid group by application_id, environment, code, laid_by, leaf_sha256
    order by application_id, environment, code, laid_by, leaf_sha256
    on conflict on constraint certificate_refusals_once do update set
      chain_id = excluded.chain_id, address = excluded.address, protocol = excluded.protocol,
      last_at = greatest(r.last_at, excluded.last_at), times = least(r.times::bigint + excluded.times, 1000000000)::int`
}

function rowsOf(entries: object[]): SQL {
  return sql`jsonb_to_recordset(${JSON.stringify(entries)}::jsonb)`
}

const KEY = Symbol.for('countersign.handshakes')
type Holder = { [KEY]?: HandshakeReporter }

/** The one of this process; both roads share it. */
export function handshakeReporter(): HandshakeReporter {
  const holder = globalThis as Holder
  holder[KEY] ??= makeHandshakeReporter()
  return holder[KEY]
}
