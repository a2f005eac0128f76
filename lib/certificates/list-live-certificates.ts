import { sql } from 'drizzle-orm'
import type { ClientActor, Context } from '@/lib/context/context'
import { type ChainMoments, type ChainState, chainState, isLive } from './chain-state'

export type CertificateInUse = {
  id: string
  subject: string
  sha256: string
  state: ChainState
  notBefore: Date
  notAfter: Date
  startsAt: Date
  endsAt: Date | null
}

/** Of the calling application in its environment: the chains that count, or will without another submission; oldest first. */
export async function listLiveCertificates(ctx: Context<ClientActor>): Promise<CertificateInUse[]> {
  const { applicationId, environment } = ctx.actor
  const rows = await ctx.db.execute<Row>(sql`
    select id, subject, encode(leaf_sha256, 'hex') as sha256, not_before, not_after, starts_at, ends_at, approved_at,
      exists (
        select 1 from trust_anchors t
        where t.environment = c.environment and t.sha256 = c.root_sha256 and t.removed_at is null) as trusted
    from certificate_chains c
    where application_id = ${applicationId} and environment = ${environment}
      and refused_at is null and revoked_at is null
    order by submitted_at, id`)
  return rows.map((row) => toCertificate(row, ctx.now)).filter(({ state }) => isLive(state))
}

type Row = {
  id: string
  subject: string
  sha256: string
  not_before: string
  not_after: string
  starts_at: string
  ends_at: string | null
  approved_at: string | null
  trusted: boolean
}

function toCertificate(row: Row, now: Date): CertificateInUse {
  const moments: ChainMoments = {
    approvedAt: row.approved_at === null ? null : new Date(row.approved_at),
    refusedAt: null,
    revokedAt: null,
    startsAt: new Date(row.starts_at),
    endsAt: row.ends_at === null ? null : new Date(row.ends_at),
    notAfter: new Date(row.not_after),
    trusted: row.trusted,
  }
  const { id, subject, sha256 } = row
  const { notAfter, startsAt, endsAt } = moments
  return {
    id,
    subject,
    sha256,
    state: chainState(moments, now),
    notBefore: new Date(row.not_before),
    notAfter,
    startsAt,
    endsAt,
  }
}
