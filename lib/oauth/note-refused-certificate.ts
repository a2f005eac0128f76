import { handshakeReporter } from '@/lib/certificates/handshake-reporter'
import type { Context } from '@/lib/context/context'
import type { ClientCertificate } from '@/lib/context/request-info'

export type RefusedCertificate = {
  /** One of HANDSHAKE_CODES, or `certificate-of-another`. */
  code: string
  certificate: ClientCertificate | null
  clientId: string
  /** The secret of that client came with it. */
  secretFits?: boolean
}

/** For the application's own page: why what it presents does not count. Written behind, and bounded. */
export function noteRefusedCertificate(ctx: Context, refused: RefusedCertificate): void {
  if (!refused.certificate) return
  const { protocol } = refused.certificate
  handshakeReporter().noteRefused(refused, { now: ctx.now, address: ctx.address, protocol })
}
