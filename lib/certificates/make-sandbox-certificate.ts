import { randomBytes } from 'node:crypto'
import { id_kp_clientAuth, id_kp_serverAuth, KeyUsageFlags } from '@peculiar/asn1-x509'
import { requireStepUp } from '@/lib/access/require'
import { holdEnvironment } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import { addDays, addMs, MINUTE } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import {
  type MakeSandboxCertificateInput,
  SANDBOX_LIMIT_PER_DAY,
  type SandboxCertificate,
  type SandboxKind,
} from './chain-schema'
import { privateKeyInRequest, tooManySandboxCertificates } from './errors'
import { testQcStatements } from './qc-statements'
import { readCsr } from './read-csr'
import { recordChainEvent } from './record-chain-event'
import { getSandboxCa, type SandboxCa } from './sandbox-ca'
import { SANDBOX_CRL_PATH } from './sandbox-crl'
import { insertSandboxCertificate } from './sandbox-store'
import { type Subject, signCertificate, toSerial } from './sign-certificate'
import { toPem } from './to-pem'

/** No country has this code (ISO 3166-1, user-assigned): nobody takes it for a real authority. */
const AUTHORITY = { name: 'Countersign Sandbox (test only)', id: 'XX-TEST' }

/**
 * The sandbox CA signs a request whose key was made elsewhere, in the browser: a chain that works, or one that is broken on
 * purpose. Names and extensions of the request are ignored.
 * @throws NotFound, DomainError `permission-required`, `csr-unreadable`, `private-key-refused`, `step-up-required`, `sandbox-certificate-limit-reached`
 */
export async function makeSandboxCertificate(
  ctx: Context,
  input: MakeSandboxCertificateInput,
): Promise<SandboxCertificate> {
  if (/PRIVATE\s+KEY/i.test(input.csr)) throw privateKeyInRequest()
  const { kind, roles, days } = input
  const ca = await getSandboxCa(ctx)

  return ctx.db.transaction(async (tx) => {
    const within = { applicationId: input.applicationId, environment: 'sandbox' as const }
    const held = await holdEnvironment(tx, ctx, within, 'certificates.submit')
    requireStepUp(ctx)
    const spki = readCsr(input.csr)
    const { applicationId, customerId, clientId } = held
    const serial = toSerial(randomBytes(16))
    const serialHex = serial.toString('hex')
    const notAfter = kind === 'expired' ? addDays(ctx.now, -1) : addDays(ctx.now, days)
    const subject: Subject = {
      C: 'XX',
      O: AUTHORITY.name,
      organizationIdentifier: `PSD${AUTHORITY.id}-${clientId.slice(0, 12).toUpperCase()}`,
      CN: `TEST ${applicationId}`,
    }
    const leaf = signCertificate(
      {
        serial,
        subject,
        spki,
        notBefore: kind === 'expired' ? addDays(ctx.now, -1 - days) : addMs(ctx.now, -5 * MINUTE),
        notAfter,
        ca: null,
        keyUsage: KeyUsageFlags.digitalSignature,
        extendedKeyUsage: [kind === 'wrong-usage' ? id_kp_serverAuth : id_kp_clientAuth],
        crlUrl: `${env().publicUrl.origin}${SANDBOX_CRL_PATH}`,
        qcStatements: roles.length > 0 ? testQcStatements(roles, AUTHORITY) : undefined,
      },
      ca.signer,
    )
    const revokedAt = kind === 'revoked' ? ctx.now : null
    const createdBy = ctx.actor.kind === 'person' ? ctx.actor.personId : null
    const row = { serial: serialHex, applicationId, kind, notAfter, revokedAt, createdBy }
    if (!(await insertSandboxCertificate(tx, row, SANDBOX_LIMIT_PER_DAY, ctx.now))) {
      throw tooManySandboxCertificates(SANDBOX_LIMIT_PER_DAY)
    }
    await recordChainEvent(tx, ctx, {
      action: 'sandbox-certificate.made',
      customerId,
      applicationId,
      environment: 'sandbox',
      subjectId: serialHex,
      data: { kind, roles, notAfter: notAfter.toISOString() },
    })
    return {
      kind,
      chain: toPem(arrange(kind, leaf, ca)),
      ordered: toPem([leaf, ca.intermediate, ca.root]),
      subject: subject.CN ?? '',
      notAfter,
    }
  })
}

function arrange(kind: SandboxKind, leaf: Buffer, { intermediate, root }: SandboxCa): Buffer[] {
  if (kind === 'reversed') return [root, intermediate, leaf]
  if (kind === 'incomplete') return [leaf, root]
  return [leaf, intermediate, root]
}
