import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { Environment } from '@/lib/core/secrets'
import type { CertificateInput, ChainSummary } from './chain-schema'
import { isLive } from './chain-state'
import * as store from './chain-store'
import { describeRefusal, type RefusalCode, type RefusalFacts, type SubmittedLeaf } from './describe-refusal'
import { readTrustStoreSpread } from './report-trust-store'

export type Handshake = { at: Date; address: string | null; protocol: string | null }

export type RefusedCertificate = Handshake & {
  code: string
  laidBy: RefusalFacts['laidBy']
  /** What went wrong and what to do. */
  cause: string
  subject: string
  /** Of the leaf, lower-case hex; empty where none came. */
  sha256: string
  firstAt: Date
  times: number
}

export type Handshakes = {
  /** The last with this chain's certificate. */
  last: Handshake | null
  /** Of the chain's application and environment, newest first: those with its leaf or key, and those that nothing tells apart. */
  refused: RefusedCertificate[]
  /** Of the serving processes, how many have the trust store as it is now. */
  spread: { replicas: number; upToDate: number }
}

/** @throws NotFound, DomainError `permission-required` */
export async function listHandshakes(ctx: Context, input: CertificateInput): Promise<Handshakes> {
  const chain = await store.findChain(ctx.db, input.certificateId, ctx.now)
  if (!chain) throw notFound(`no chain ${input.certificateId}`)
  const application = await getApplicationFor(ctx, chain, 'certificates.read', chain.environment)
  const place = { applicationId: application.id, environment: chain.environment }
  const [last, rows, issuer, spread] = await Promise.all([
    findLast(ctx.db, chain.id),
    listRefusals(ctx.db, place, chain.id),
    findIssuer(ctx.db, chain.id),
    readTrustStoreSpread(ctx.db, ctx.now),
  ])
  const submitted: SubmittedLeaf | null = isLive(chain.state)
    ? { subject: chain.subject, issuer, state: chain.state }
    : null
  return {
    last,
    refused: rows.map((row) => toRefused(row, submitted, revokedByOf(chain))),
    spread: {
      replicas: spread.replicas.length,
      upToDate: spread.replicas.filter(({ version }) => version >= spread.version).length,
    },
  }
}

const SHOWN = 20

type RefusalRow = {
  code: RefusalCode
  laid_by: RefusalFacts['laidBy']
  leaf: string
  subject: string
  issuer: string
  not_after: string | null
  address: string | null
  protocol: string | null
  first_at: string
  last_at: string
  times: number
}

async function listRefusals(
  db: Database,
  place: { applicationId: string; environment: Environment },
  chainId: string,
): Promise<RefusalRow[]> {
  return db.execute<RefusalRow>(sql`
    select code, laid_by, encode(leaf_sha256, 'hex') as leaf, subject, issuer, not_after, address, protocol, first_at, last_at, times
    from certificate_refusals
    where application_id = ${place.applicationId} and environment = ${place.environment}
      and (chain_id is null or chain_id = ${chainId})
    order by last_at desc limit ${SHOWN}`)
}

async function findLast(db: Database, chainId: string): Promise<Handshake | null> {
  const [row] = await db.execute<{ at: string; address: string | null; protocol: string | null }>(sql`
    select at, address, protocol from chain_handshakes where chain_id = ${chainId}`)
  return row ? { ...row, at: new Date(row.at) } : null
}

async function findIssuer(db: Database, chainId: string): Promise<string> {
  const [row] = await db.execute<{ subject: string }>(sql`
    select subject from chain_certificates where chain_id = ${chainId} and position = 1`)
  return row?.subject ?? ''
}

function revokedByOf({ revokedReason }: ChainSummary): RefusalFacts['revokedBy'] {
  if (revokedReason === null) return null
  return revokedReason === 'revoked-by-authority' ? 'authority' : 'owner'
}

function toRefused(
  row: RefusalRow,
  submitted: SubmittedLeaf | null,
  revokedBy: RefusalFacts['revokedBy'],
): RefusedCertificate {
  const { code, subject, issuer, address, protocol, times } = row
  const notAfter = row.not_after === null ? null : new Date(row.not_after)
  const laidBy = row.laid_by
  return {
    code,
    laidBy,
    cause: describeRefusal(
      { code, laidBy, subject, issuer, notAfter, revokedBy: laidBy === 'certificate' ? revokedBy : null },
      submitted,
    ),
    subject,
    sha256: row.leaf,
    address,
    protocol,
    times,
    firstAt: new Date(row.first_at),
    at: new Date(row.last_at),
  }
}
