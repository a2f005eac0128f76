import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { certificateChains, chainCertificates } from '@/db/schema/certificates'
import type { Environment } from '@/lib/core/secrets'
import type { ChainSummary, RevocationReason, StoredCertificate } from './chain-schema'
import { chainState } from './chain-state'

export type Place = { applicationId: string; environment: Environment }
export type NewChain = typeof certificateChains.$inferInsert

const ANCHOR_OF_CHAIN = sql`
  select from trust_anchors t
  where t.environment = c.environment and t.sha256 = c.root_sha256 and t.removed_at is null`

/** Whether the key is the application's: claimed now, or before. Of two applications at once one gets it. */
export async function claimKey(tx: Transaction, spkiSha256: Buffer, applicationId: string): Promise<boolean> {
  const rows = await tx.execute<{ application_id: string }>(sql`
    with claimed as (
      insert into certificate_keys (spki_sha256, application_id) values (${spkiSha256}, ${applicationId})
      on conflict (spki_sha256) do nothing returning application_id
    )
    select application_id from claimed
    union all select application_id from certificate_keys where spki_sha256 = ${spkiSha256}`)
  if (rows.length > 0) return rows[0]?.application_id === applicationId
  // Claimed between the beginning of the statement and its insertion: the next one sees by whom.
  return isKeyOf(tx, spkiSha256, applicationId)
}

/** Whether the application has the key; true as well where nobody has. */
export async function isKeyFree(db: Database, spkiSha256: Buffer, applicationId: string): Promise<boolean> {
  const [row] = await db.execute<{ application_id: string }>(sql`
    select application_id from certificate_keys where spki_sha256 = ${spkiSha256}`)
  return row === undefined || row.application_id === applicationId
}

/** Whether a core of the institution calls with this certificate: then it is no application's (ADR-0129). Within `holdLeaf`. */
export async function isLeafOfCore(tx: Transaction, leafSha256: Buffer): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from cores where certificate_sha256 = ${leafSha256} and revoked_at is null limit 1`)
  return rows.length === 1
}

async function isKeyOf(tx: Transaction, spkiSha256: Buffer, applicationId: string): Promise<boolean> {
  const [row] = await tx.execute<{ application_id: string }>(sql`
    select application_id from certificate_keys where spki_sha256 = ${spkiSha256}`)
  return row?.application_id === applicationId
}

/**
 * Decides and inserts in one statement. The caller holds the application's environment, so that the chains counted are all
 * there are.
 */
export async function insertChain(
  tx: Transaction,
  row: NewChain,
  certificates: StoredCertificate[],
  limit: number,
): Promise<'added' | 'exists' | 'limit'> {
  const at = row.submittedAt.toISOString()
  const [counted] = await tx.execute<{ live: number }>(sql`
    select count(*)::int as live from certificate_chains
    where application_id = ${row.applicationId} and environment = ${row.environment} and refused_at is null
      and revoked_at is null and not_after > ${at}::timestamptz and (ends_at is null or ends_at > ${at}::timestamptz)`)
  if ((counted?.live ?? 0) >= limit) return 'limit'
  const added = await tx
    .insert(certificateChains)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: certificateChains.id })
  if (added.length === 0) return 'exists'
  const rows = certificates.map(({ der, sha256, subject, notAfter }, position) => {
    return { chainId: row.id, position, der, sha256: Buffer.from(sha256, 'hex'), subject, notAfter }
  })
  await tx.insert(chainCertificates).values(rows)
  return 'added'
}

/** The chain that has this leaf already. */
export async function findByLeaf(db: Database, place: Place, leafSha256: Buffer): Promise<string | null> {
  const [row] = await db.execute<{ id: string }>(sql`
    select id from certificate_chains
    where application_id = ${place.applicationId} and environment = ${place.environment}
      and leaf_sha256 = ${leafSha256} and refused_at is null`)
  return row?.id ?? null
}

/** Of an application that was read for the asker before: those that count or may come to count first, each newest first. */
export async function listChains(db: Database, place: Place, now: Date): Promise<ChainSummary[]> {
  const { applicationId, environment } = place
  const rows = await db.execute<ChainRow>(sql`
    ${SUMMARY} where c.application_id = ${applicationId} and c.environment = ${environment}
    order by (c.refused_at is null and c.revoked_at is null and c.not_after > ${now.toISOString()}::timestamptz
      and (c.ends_at is null or c.ends_at > ${now.toISOString()}::timestamptz)) desc,
      c.submitted_at desc, c.id limit 200`)
  return rows.map((row) => toSummary(row, now))
}

/** Null where there is none. The caller asks for its application's right before anything of it leaves. */
export async function findChain(db: Database, chainId: string, now: Date): Promise<ChainSummary | null> {
  const [row] = await db.execute<ChainRow>(sql`${SUMMARY} where c.id = ${chainId}`)
  return row ? toSummary(row, now) : null
}

export async function findContent(
  db: Database,
  chainId: string,
): Promise<{ report: unknown; certificates: StoredCertificate[] }> {
  const [chain] = await db.execute<{ report: unknown }>(sql`
    select report from certificate_chains where id = ${chainId}`)
  const rows = await db.execute<{ der: Buffer; sha256: string; subject: string; not_after: string }>(sql`
    select der, encode(sha256, 'hex') as sha256, subject, not_after from chain_certificates
    where chain_id = ${chainId} order by position`)
  const certificates = rows.map((row) => {
    return { der: Buffer.from(row.der), sha256: row.sha256, subject: row.subject, notAfter: new Date(row.not_after) }
  })
  return { report: chain?.report, certificates }
}

/**
 * Whether this call approved it: its root must be an anchor by now, and nothing else may have happened to it. The caller has
 * claimed its key.
 */
export async function approveChain(tx: Transaction, chainId: string, keySha256: Buffer, now: Date): Promise<boolean> {
  const at = now.toISOString()
  const rows = await tx.execute(sql`
    update certificate_chains c set approved_at = ${at}::timestamptz, key_sha256 = ${keySha256},
      starts_at = greatest(c.starts_at, ${at}::timestamptz),
      -- The overlap that was chosen is kept: nobody could switch before the approval.
      replaces_at = greatest(c.replaces_at, ${at}::timestamptz + (c.replaces_at - c.starts_at)),
      closes_one_way_at = greatest(c.closes_one_way_at, ${at}::timestamptz + (c.closes_one_way_at - c.starts_at))
    where c.id = ${chainId} and c.approved_at is null and c.refused_at is null and c.revoked_at is null
      and c.not_after > ${at}::timestamptz
      and exists (${ANCHOR_OF_CHAIN})
    returning c.id`)
  return rows.length === 1
}

/** Whether this call refused it. */
export async function refuseChain(tx: Transaction, chainId: string, now: Date): Promise<boolean> {
  const rows = await tx.execute(sql`
    update certificate_chains set refused_at = ${now.toISOString()}::timestamptz
    where id = ${chainId} and approved_at is null and refused_at is null and revoked_at is null
    returning id`)
  return rows.length === 1
}

/** Whether this call revoked it. It takes no lock that a submission may hold. */
export async function revokeChain(
  tx: Transaction,
  chainId: string,
  reason: RevocationReason,
  now: Date,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update certificate_chains set revoked_at = ${now.toISOString()}::timestamptz, revoked_reason = ${reason}
    where id = ${chainId} and revoked_at is null and refused_at is null
    returning id`)
  return rows.length === 1
}

/**
 * A new start for a chain that has not started, and from now on at the earliest. Its cut-over moves with it, and so do the
 * ends that it has set: no moment comes at which no chain counts. The ids of the chains that end at another time now; null
 * where the chain cannot move.
 */
export async function moveStart(
  tx: Transaction,
  chainId: string,
  startsAt: Date,
  now: Date,
): Promise<{ id: string; endsAt: Date }[] | null> {
  const at = now.toISOString()
  const start = startsAt.toISOString()
  const rows = await tx.execute<{ id: string | null; ends_at: string | null }>(sql`
    with before as (
      select id, starts_at from certificate_chains
      where id = ${chainId} and starts_at > ${at}::timestamptz and refused_at is null and revoked_at is null
        and not_after > ${start}::timestamptz and (ends_at is null or ends_at > ${start}::timestamptz)
        and (replaces_at is null or replaces_at + (${start}::timestamptz - starts_at) < not_after)
      for update
    ), moved as (
      update certificate_chains c set starts_at = ${start}::timestamptz,
        replaces_at = c.replaces_at + (${start}::timestamptz - before.starts_at),
        closes_one_way_at = greatest(c.closes_one_way_at, ${start}::timestamptz)
      from before where c.id = before.id
    ), others as (
      update certificate_chains c set ends_at = c.ends_at + (${start}::timestamptz - before.starts_at)
      from before where c.ended_by = before.id and c.revoked_at is null and c.ends_at > ${at}::timestamptz
      returning c.id, c.ends_at
    )
    select others.id, others.ends_at from before left join others on true`)
  if (rows.length === 0) return null
  return rows.flatMap(({ id, ends_at }) => (id && ends_at ? { id, endsAt: new Date(ends_at) } : []))
}

/** A replacement that is gone ends nothing: ends that it has set, and that have not come, are taken back. Their chains. */
export async function liftEnds(tx: Transaction, chainId: string, now: Date): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    update certificate_chains set ends_at = null, ended_by = null
    where ended_by = ${chainId} and revoked_at is null and ends_at > ${now.toISOString()}::timestamptz
    returning id`)
  return rows.map(({ id }) => id)
}

/** A cut-over for a chain that has not ended, or, with null, none any more. */
export async function moveEnd(tx: Transaction, chainId: string, endsAt: Date | null, now: Date): Promise<boolean> {
  const at = now.toISOString()
  const rows = await tx.execute(sql`
    update certificate_chains set ends_at = ${endsAt?.toISOString() ?? null}::timestamptz, ended_by = null
    where id = ${chainId} and approved_at is not null and revoked_at is null and not_after > ${at}::timestamptz
      and (ends_at is null or ends_at > ${at}::timestamptz)
      and (${endsAt?.toISOString() ?? null}::timestamptz is null or not_after > ${endsAt?.toISOString() ?? null}::timestamptz)
    returning id`)
  return rows.length === 1
}

/** The others end at the cut-over, unless they end before it or are themselves to start after it. How many it were. */
export async function endOthers(
  tx: Transaction,
  place: Place,
  chainId: string,
  at: Date,
  now: Date,
): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    update certificate_chains set ends_at = ${at.toISOString()}::timestamptz, ended_by = ${chainId}
    where application_id = ${place.applicationId} and environment = ${place.environment} and id <> ${chainId}
      and approved_at is not null and revoked_at is null and not_after > ${now.toISOString()}::timestamptz
      and starts_at < ${at.toISOString()}::timestamptz
      and (ends_at is null or ends_at > ${at.toISOString()}::timestamptz)
    returning id`)
  return rows.map(({ id }) => id)
}

/** Whether mutual TLS is the only way already, or was made so before: then no chain does it by itself again. */
export async function hasClosedOneWay(tx: Transaction, place: Place): Promise<boolean> {
  const [row] = await tx.execute<{ closed: boolean }>(sql`
    select e.mtls_required or exists (
      select from certificate_chains c where c.application_id = e.application_id and c.environment = e.environment
        and c.closed_one_way_at is not null
    ) as closed
    from application_environments e
    where e.application_id = ${place.applicationId} and e.environment = ${place.environment}`)
  return row?.closed ?? false
}

/**
 * Holds the environment that a chain is in. Whoever changes chains and may make mutual TLS the only way takes this first, so
 * that no two wait for each other in a circle.
 */
export async function lockPlace(tx: Transaction, { applicationId, environment }: Place): Promise<void> {
  await tx.execute(sql`
    select from application_environments
    where application_id = ${applicationId} and environment = ${environment} for no key update`)
}

/** Chains whose moment has come make mutual TLS the only way; each does it once. Their ids. */
export async function closeOneWay(tx: Transaction, place: Place, now: Date): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    with closing as (
      update certificate_chains c set closed_one_way_at = ${now.toISOString()}::timestamptz
      where c.application_id = ${place.applicationId} and c.environment = ${place.environment} and ${isDue(now)}
      returning c.id
    ), required as (
      update application_environments set mtls_required = true
      where application_id = ${place.applicationId} and environment = ${place.environment} and exists (select from closing)
    )
    select id from closing`)
  return rows.map(({ id }) => id)
}

/** Where `closeOneWay` has something to do. */
export async function listDuePlaces(db: Database, now: Date): Promise<Place[]> {
  const rows = await db.execute<{ application_id: string; environment: Environment }>(sql`
    select distinct application_id, environment from certificate_chains c where ${isDue(now)} limit 1000`)
  return rows.map((row) => ({ applicationId: row.application_id, environment: row.environment }))
}

/** The chain `c` is usable, and is to make mutual TLS the only way by now. */
function isDue(now: Date) {
  const at = now.toISOString()
  return sql`
    c.closes_one_way_at <= ${at}::timestamptz and c.closed_one_way_at is null and c.approved_at is not null
    and c.starts_at <= ${at}::timestamptz and c.revoked_at is null and c.not_after > ${at}::timestamptz
    and (c.ends_at is null or c.ends_at > ${at}::timestamptz) and exists (${ANCHOR_OF_CHAIN})`
}

/** Whether this call changed it. Made optional by a person, no chain that waits makes it the only way again. */
export async function setMtlsRequired(tx: Transaction, place: Place, required: boolean): Promise<boolean> {
  const { applicationId, environment } = place
  const rows = await tx.execute(sql`
    update application_environments set mtls_required = ${required}
    where application_id = ${applicationId} and environment = ${environment} and mtls_required <> ${required}
    returning application_id`)
  if (!required) {
    await tx.execute(sql`
      update certificate_chains set closes_one_way_at = null
      where application_id = ${applicationId} and environment = ${environment} and closed_one_way_at is null`)
  }
  return rows.length === 1
}

type ChainRow = {
  id: string
  application_id: string
  environment: Environment
  subject: string
  sha256: string
  trusted: boolean
  submitted_at: string
  submitted_by: string | null
  approved_at: string | null
  refused_at: string | null
  starts_at: string
  replaces_at: string | null
  ends_at: string | null
  not_before: string
  not_after: string
  revoked_at: string | null
  revoked_reason: ChainSummary['revokedReason']
  closes_one_way_at: string | null
  closed_one_way_at: string | null
}

const SUMMARY = sql`
  select c.id, c.application_id, c.environment, c.subject, encode(c.leaf_sha256, 'hex') as sha256, c.submitted_at,
    p.name as submitted_by, c.approved_at, c.refused_at, c.starts_at, c.replaces_at, c.ends_at, c.not_before, c.not_after,
    c.revoked_at, c.revoked_reason, c.closes_one_way_at, c.closed_one_way_at, exists (${ANCHOR_OF_CHAIN}) as trusted
  from certificate_chains c left join people p on p.id = c.submitted_by`

function toSummary(row: ChainRow, now: Date): ChainSummary {
  const moments = {
    approvedAt: toDate(row.approved_at),
    refusedAt: toDate(row.refused_at),
    startsAt: new Date(row.starts_at),
    endsAt: toDate(row.ends_at),
    revokedAt: toDate(row.revoked_at),
    notAfter: new Date(row.not_after),
  }
  return {
    ...moments,
    id: row.id,
    applicationId: row.application_id,
    environment: row.environment,
    subject: row.subject,
    sha256: row.sha256,
    state: chainState({ ...moments, trusted: row.trusted }, now),
    submittedAt: new Date(row.submitted_at),
    submittedBy: row.submitted_by,
    replacesAt: toDate(row.replaces_at),
    notBefore: new Date(row.not_before),
    revokedReason: row.revoked_reason,
    closesOneWayAt: toDate(row.closes_one_way_at),
    closedOneWayAt: toDate(row.closed_one_way_at),
  }
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}
