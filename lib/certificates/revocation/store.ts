import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { newId } from '@/lib/core/ids'
import type { Environment } from '@/lib/core/secrets'
import type { Answer, AuthorityReason } from './answer'
import type { RevocationFault } from './errors'
import type { Source } from './find-sources'
import { type CertificateRevocation, DEFAULT_POLICIES, POLICY_MODES, type RevocationPolicy } from './policy'

const VERSION = 'revocation'

/** The chain `c` may be presented in a handshake, now or later, or was until its authority revoked it. */
function isWanted(now: Date) {
  const at = now.toISOString()
  return sql`
    c.approved_at is not null and c.not_after > ${at}::timestamptz
    and (c.revoked_at is null or c.revoked_reason = 'revoked-by-authority')
    and (c.ends_at is null or c.ends_at > ${at}::timestamptz)`
}

/** In the transaction of whatever changes what replicas hold in memory: they read again when the number has grown. */
export async function bumpRevocation(tx: Transaction, now: Date): Promise<void> {
  await tx.execute(sql`
    insert into versions (name, version, changed_at) values (${VERSION}, 1, ${now.toISOString()}::timestamptz)
    on conflict (name) do update set version = versions.version + 1, changed_at = excluded.changed_at`)
}

/** Changes with every answer, policy and chain. */
export async function revocationVersion(db: Database): Promise<string> {
  const rows = await db.execute<{ name: string; version: string }>(sql`
    select name, version from versions where name in (${VERSION}, 'trust-store') order by name`)
  return rows.map(({ name, version }) => `${name} ${version}`).join(', ')
}

/** Accepted chains that nobody has read the sources of: those of before there were any. */
export async function listUnreadChains(db: Database, now: Date, limit: number): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select distinct c.id from chain_certificates k join certificate_chains c on c.id = k.chain_id
    where k.revocation_sources is null and ${isWanted(now)} limit ${limit}`)
  return rows.map(({ id }) => id)
}

export async function markRead(tx: Transaction, chainId: string, position: number, sources: number): Promise<void> {
  await tx.execute(sql`
    update chain_certificates set revocation_sources = ${sources}
    where chain_id = ${chainId} and position = ${position}`)
}

export type NewSource = Source & {
  subject: Buffer
  issuer: Buffer
  certificate: Buffer | null
  nextFetchAt: Date | null
}

/** The source's id, and whether this call added it. */
export async function keepSource(
  tx: Transaction,
  source: NewSource,
  now: Date,
): Promise<{ id: string; added: boolean }> {
  const [row] = await tx.execute<{ id: string; added: boolean }>(sql`
    insert into revocation_sources (id, kind, url, subject, issuer, certificate, next_fetch_at, created_at)
    values (${newId('revocationSource')}, ${source.kind}, ${source.url}, ${source.subject}, ${source.issuer},
      ${source.certificate}, ${source.nextFetchAt?.toISOString() ?? null}::timestamptz, ${now.toISOString()}::timestamptz)
    on conflict (kind, url, subject) do update set url = excluded.url
    returning id, xmax = 0 as added`)
  return row as { id: string; added: boolean }
}

export type Wanted = { sha256: Buffer; serial: string; isAuthority: boolean }

/** Whether this call added it: a list that was fetched before has not been asked about this certificate. */
export async function keepCheck(tx: Transaction, sourceId: string, wanted: Wanted, now: Date): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into revocation_checks (certificate_sha256, source_id, serial, is_authority, since)
    values (${wanted.sha256}, ${sourceId}, ${wanted.serial}, ${wanted.isAuthority}, ${now.toISOString()}::timestamptz)
    on conflict do nothing returning source_id`)
  return rows.length === 1
}

export type StoredSource = Source & { id: string; issuer: Buffer; certificate: Buffer | null; failures: number }

export async function findSource(db: Database, id: string): Promise<(StoredSource & { wanted: Wanted[] }) | null> {
  const [row] = await db.execute<StoredSource>(sql`
    select id, kind, url, issuer, certificate, failures from revocation_sources where id = ${id}`)
  if (!row) return null
  const wanted = await db.execute<{ sha256: Buffer; serial: string; is_authority: boolean }>(sql`
    select certificate_sha256 as sha256, serial, is_authority from revocation_checks where source_id = ${id}`)
  return {
    ...row,
    issuer: Buffer.from(row.issuer),
    certificate: row.certificate && Buffer.from(row.certificate),
    wanted: wanted.map(({ sha256, serial, is_authority }) => {
      return { sha256: Buffer.from(sha256), serial, isAuthority: is_authority }
    }),
  }
}

/** Of the sources that are due, each goes to one caller, who has until `until` to ask it. */
export async function claimDueSources(tx: Transaction, now: Date, until: Date, limit: number): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    update revocation_sources set next_fetch_at = ${until.toISOString()}::timestamptz
    where id in (
      select id from revocation_sources where next_fetch_at <= ${now.toISOString()}::timestamptz
      order by next_fetch_at limit ${limit} for update skip locked)
    returning id`)
  return rows.map(({ id }) => id)
}

export async function claimSource(tx: Transaction, id: string, until: Date): Promise<void> {
  await tx.execute(sql`
    update revocation_sources set next_fetch_at = ${until.toISOString()}::timestamptz
    where id = ${id} and next_fetch_at is not null`)
}

const SOURCES = sql`hashtext('revocation-sources')`

/** Whoever keeps sources holds this: none is dropped while a chain that names it is being accepted. */
export async function lockSources(tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${SOURCES})`)
}

/** Sources that no chain names any more. */
export async function dropUnwanted(tx: Transaction, now: Date): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${SOURCES})`)
  await tx.execute(sql`
    delete from revocation_checks x where not exists (
      select from chain_certificates k join certificate_chains c on c.id = k.chain_id
      where k.sha256 = x.certificate_sha256 and ${isWanted(now)})`)
  await tx.execute(sql`
    delete from revocation_sources s where not exists (select from revocation_checks x where x.source_id = s.id)`)
}

/** False where a newer answer is there already: an old list is not played back. */
export async function saveSuccess(
  tx: Transaction,
  id: string,
  update: { thisUpdate: Date; nextUpdate: Date | null; nextFetchAt: Date },
  now: Date,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update revocation_sources set tried_at = ${now.toISOString()}::timestamptz, fault = null, failures = 0,
      good_at = ${now.toISOString()}::timestamptz, this_update = ${update.thisUpdate.toISOString()}::timestamptz,
      next_update = ${update.nextUpdate?.toISOString() ?? null}::timestamptz,
      next_fetch_at = ${update.nextFetchAt.toISOString()}::timestamptz
    where id = ${id} and (this_update is null or this_update <= ${update.thisUpdate.toISOString()}::timestamptz)
    returning id`)
  return rows.length === 1
}

export async function saveFault(
  db: Database,
  id: string,
  fault: RevocationFault,
  nextFetchAt: Date,
  now: Date,
): Promise<void> {
  await db.execute(sql`
    update revocation_sources set tried_at = ${now.toISOString()}::timestamptz, fault = ${fault}, failures = failures + 1,
      next_fetch_at = ${nextFetchAt.toISOString()}::timestamptz
    where id = ${id}`)
}

export async function saveAnswer(
  tx: Transaction,
  sourceId: string,
  sha256: Buffer,
  answer: Answer,
  now: Date,
): Promise<void> {
  await tx.execute(sql`
    update revocation_checks set status = ${answer.status},
      revoked_at = ${answer.revokedAt?.toISOString() ?? null}::timestamptz, reason = ${answer.reason},
      next_update = ${answer.nextUpdate?.toISOString() ?? null}::timestamptz, checked_at = ${now.toISOString()}::timestamptz
    where source_id = ${sourceId} and certificate_sha256 = ${sha256}`)
}

export type ChainInMemory = {
  chainId: string
  environment: Environment
  leaf: string
  certificates: CertificateRevocation[]
}

/** Of each chain that may be presented, or of the one given, what is known of its certificates below the root; leaf first. */
export async function readChains(db: Database, now: Date, chainId?: string): Promise<ChainInMemory[]> {
  const which = chainId === undefined ? isWanted(now) : sql`c.id = ${chainId}`
  const rows = await db.execute<{
    id: string
    environment: Environment
    leaf: string
    position: number
    sources: number | null
    status: 'good' | 'revoked' | null
    revoked_at: string | null
    reason: AuthorityReason | null
    checked_at: string | null
    next_update: string | null
    since: string
  }>(sql`
    select c.id, c.environment, encode(c.leaf_sha256, 'hex') as leaf, k.position, k.revocation_sources as sources,
      a.status, a.revoked_at, a.reason, a.checked_at, a.next_update, coalesce(a.since, c.approved_at, c.submitted_at) as since
    from certificate_chains c
    join chain_certificates k on k.chain_id = c.id
    left join lateral (
      select status, revoked_at, reason, checked_at, next_update, since from revocation_checks x
      where x.certificate_sha256 = k.sha256
      order by status = 'revoked' desc nulls last, status is not null desc,
        coalesce(next_update, checked_at + interval '1 day') desc nulls last, since
      limit 1) a on true
    where ${which} and exists (
      select from chain_certificates above where above.chain_id = c.id and above.position > k.position)
    order by c.id, k.position`)
  const chains = new Map<string, ChainInMemory>()
  for (const row of rows) {
    const chain = chains.get(row.id) ?? {
      chainId: row.id,
      environment: row.environment,
      leaf: row.leaf,
      certificates: [],
    }
    chains.set(row.id, chain)
    chain.certificates.push({
      position: row.position,
      sources: row.sources,
      status: row.status,
      revokedAt: toDate(row.revoked_at),
      reason: row.reason,
      checkedAt: toDate(row.checked_at),
      nextUpdate: toDate(row.next_update),
      since: new Date(row.since),
    })
  }
  return [...chains.values()]
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}

export async function readPolicies(db: Database): Promise<Record<Environment, RevocationPolicy>> {
  const rows = await db.execute<{ environment: Environment; mode: string; max_age_seconds: number }>(sql`
    select environment, mode, max_age_seconds from revocation_policies`)
  const set = rows.map(({ environment, mode, max_age_seconds }) => {
    const known = POLICY_MODES.find((one) => one === mode) ?? 'hard'
    return [environment, { mode: known, maxAgeMs: max_age_seconds * 1000 }] as const
  })
  return { ...DEFAULT_POLICIES, ...Object.fromEntries(set) }
}

export async function savePolicy(
  tx: Transaction,
  environment: Environment,
  { mode, maxAgeMs }: RevocationPolicy,
  now: Date,
): Promise<void> {
  await tx.execute(sql`
    insert into revocation_policies (environment, mode, max_age_seconds, changed_at)
    values (${environment}, ${mode}, ${Math.round(maxAgeMs / 1000)}, ${now.toISOString()}::timestamptz)
    on conflict (environment) do update set mode = excluded.mode, max_age_seconds = excluded.max_age_seconds,
      changed_at = excluded.changed_at`)
}

export type SourceStatus = {
  id: string
  kind: string
  url: string
  certificates: number
  revoked: number
  fault: RevocationFault | null
  triedAt: Date | null
  goodAt: Date | null
  nextUpdate: Date | null
  nextFetchAt: Date | null
}

/** Those that fail first. */
export async function listSources(db: Database): Promise<SourceStatus[]> {
  const rows = await db.execute<Record<string, string | null> & { certificates: number; revoked: number }>(sql`
    select s.id, s.kind, s.url, s.fault, s.tried_at, s.good_at, s.next_update, s.next_fetch_at,
      count(x.*)::int as certificates, (count(x.*) filter (where x.status = 'revoked'))::int as revoked
    from revocation_sources s left join revocation_checks x on x.source_id = s.id
    group by s.id order by s.failures desc, s.good_at nulls first, s.url, s.id limit 1000`)
  return rows.map((row) => ({
    id: String(row.id),
    kind: String(row.kind),
    url: String(row.url),
    certificates: row.certificates,
    revoked: row.revoked,
    fault: row.fault as RevocationFault | null,
    triedAt: toDate(row.tried_at ?? null),
    goodAt: toDate(row.good_at ?? null),
    nextUpdate: toDate(row.next_update ?? null),
    nextFetchAt: toDate(row.next_fetch_at ?? null),
  }))
}

export type RevokedChain = {
  id: string
  applicationId: string
  application: string
  environment: Environment
  subject: string
  /** Which of its certificates, leaf 0. */
  position: number
  certificate: string
}

/** Chains of a certificate end for good. Those that this call ended. */
export async function revokeChainsOf(tx: Transaction, sha256: Buffer, now: Date): Promise<RevokedChain[]> {
  const rows = await tx.execute<Omit<RevokedChain, 'applicationId'> & { application_id: string }>(sql`
    with ended as (
      update certificate_chains c set revoked_at = ${now.toISOString()}::timestamptz, revoked_reason = 'revoked-by-authority'
      from chain_certificates k
      where k.chain_id = c.id and k.sha256 = ${sha256} and c.revoked_at is null and c.refused_at is null
        and c.approved_at is not null and c.not_after > ${now.toISOString()}::timestamptz
      returning c.id, c.application_id, c.environment, c.subject, k.position, k.subject as certificate
    )
    select ended.*, a.name as application from ended join applications a on a.id = ended.application_id`)
  return rows.map(({ application_id, ...row }) => ({ ...row, applicationId: application_id }))
}

/** Chains that count and hold a certificate. */
export async function listChainsOf(db: Database, sha256: Buffer, now: Date): Promise<RevokedChain[]> {
  const rows = await db.execute<Omit<RevokedChain, 'applicationId'> & { application_id: string }>(sql`
    select c.id, c.application_id, a.name as application, c.environment, c.subject, k.position, k.subject as certificate
    from certificate_chains c join chain_certificates k on k.chain_id = c.id join applications a on a.id = c.application_id
    where k.sha256 = ${sha256} and c.revoked_at is null and ${isWanted(now)}`)
  return rows.map(({ application_id, ...row }) => ({ ...row, applicationId: application_id }))
}
