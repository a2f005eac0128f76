import type { Transaction } from '@/db/client'
import type { Context } from '@/lib/context/context'
import { sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { enqueueJob } from '@/lib/jobs/jobs'
import { findContent } from '../chain-store'
import { type Certificate, parseCertificate } from '../parse-certificate'
import { RevocationError } from './errors'
import { findSources, type Source } from './find-sources'
import { recordAnswers } from './record-answers'
import * as store from './store'

/** A job that has not run by then is taken for lost, and its source is due again. */
export const CLAIM_MS = 15 * MINUTE

/** What a submission has asked already: the source as it stands, and its answer. */
export type AskedBefore = { source: Source; subject: Buffer; answered: Parameters<typeof recordAnswers>[3] }

/**
 * Keeps where the certificates of an accepted chain say that their revocation is published, leaf and intermediates. What its
 * submission was answered counts from now on; whatever else is asked at once, by a job. In the transaction that accepts it.
 */
export async function registerSources(
  tx: Transaction,
  ctx: Context,
  chainId: string,
  asked: readonly AskedBefore[] = [],
): Promise<void> {
  await store.lockSources(tx)
  const { certificates } = await findContent(tx, chainId)
  const parsed = certificates.map(({ der }) => parseStored(der))
  for (const [position, certificate] of parsed.entries()) {
    const issuer = parsed[position + 1]
    const sources = issuer ? findSources(certificate) : []
    await store.markRead(tx, chainId, position, sources.length)
    if (issuer) for (const source of sources) await register(tx, ctx, source, { certificate, issuer }, asked)
  }
  await store.bumpRevocation(tx, ctx.now)
}

async function register(
  tx: Transaction,
  ctx: Context,
  source: Source,
  { certificate, issuer }: { certificate: Certificate; issuer: Certificate },
  asked: readonly AskedBefore[],
): Promise<void> {
  const subject = subjectOf(source, certificate, issuer)
  const row = {
    ...source,
    subject,
    issuer: issuer.der,
    certificate: source.kind === 'ocsp' ? certificate.der : null,
    nextFetchAt: source.kind === 'unsupported' ? null : addMs(ctx.now, CLAIM_MS),
  }
  const { id, added } = await store.keepSource(tx, row, ctx.now)
  const isNew = await store.keepCheck(tx, id, wantedOf(certificate), ctx.now)
  const before = asked.find((one) => one.source.url === source.url && one.subject.equals(subject))
  const isKept = before !== undefined && (await keepAnswers(tx, ctx, id, certificate, before))
  if (!isKept && (added || isNew || before) && row.nextFetchAt) {
    await store.claimSource(tx, id, row.nextFetchAt)
    await enqueueJob(tx, 'revocation-fetch', { sourceId: id })
  }
}

/** False where another submission or a job got a newer answer meanwhile, or was given one by another server of that authority. */
async function keepAnswers(
  tx: Transaction,
  ctx: Context,
  id: string,
  certificate: Certificate,
  { answered }: AskedBefore,
): Promise<boolean> {
  try {
    await recordAnswers(tx, ctx, { id, wanted: [wantedOf(certificate)] }, answered)
    return true
  } catch (error) {
    if (error instanceof RevocationError && error.fault === 'older') return false
    throw error
  }
}

/** Whom a source answers for: a list for all certificates of one name and key, a responder for one certificate. */
export function subjectOf({ kind }: Source, certificate: Certificate, issuer: Certificate): Buffer {
  return kind === 'crl'
    ? sha256(Buffer.concat([issuer.subject.raw, issuer.keyInfo]))
    : Buffer.from(certificate.sha256, 'hex')
}

export function wantedOf(certificate: Certificate): store.Wanted {
  return {
    sha256: Buffer.from(certificate.sha256, 'hex'),
    serial: certificate.serial.toString('hex'),
    isAuthority: certificate.basicConstraints?.isCa === true,
  }
}

/** A certificate that was accepted once can be read. */
export function parseStored(der: Buffer): Certificate {
  return parseCertificate(der, { index: 0, lines: null, label: 'Certificate' }, { nodes: 0, signatures: 0 })
}
