import { requireAllowed, revocationOf } from '@/lib/certificates/revocation/verdicts'
import type { Context } from '@/lib/context/context'
import { type ClientCertificate, requestInfo } from '@/lib/context/request-info'
import type { ChainOfLeaf } from './token-road'

/**
 * The guard let a leaf pass that some environment puts up with; the one of the client that came with it may be stricter. Its
 * verdict is the one that the log has. @throws DomainError `certificate-revoked`, `certificate-revocation-unknown`
 */
export function requireChainNotRevoked(ctx: Context, certificate: ClientCertificate, chain: ChainOfLeaf): void {
  const revocation = revocationOf(certificate.sha256, ctx.now, chain)
  const info = requestInfo()
  if (info && revocation) info.revocation = { verdict: revocation.verdict, ageSeconds: revocation.ageSeconds }
  requireAllowed(revocation)
}
