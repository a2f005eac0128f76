import { sign } from 'node:crypto'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AuthorityKeyIdentifier,
  CertificateList,
  CRLNumber,
  Extension,
  id_ce_authorityKeyIdentifier,
  id_ce_cRLNumber,
  KeyIdentifier,
  RevokedCertificate,
  TBSCertList,
  Time,
  Version,
} from '@peculiar/asn1-x509'
import type { Context } from '@/lib/context/context'
import { sha256 } from '@/lib/core/secrets'
import { addDays, SECOND } from '@/lib/core/time'
import { findSandboxCa, type SandboxCa } from './sandbox-ca'
import { findRevokedVersion, listRevoked } from './sandbox-store'
import { ECDSA_WITH_SHA256, keyIdOf, toName } from './sign-certificate'

/** Named in every sandbox leaf; served by app/sandbox-ca/crl/route.ts. */
export const SANDBOX_CRL_PATH = '/sandbox-ca/crl'

/** How long a list is given out as it was signed, while nothing was revoked or expired since. */
const KEPT_MS = 60 * SECOND

let kept: { of: string; at: Date; list: Buffer } | undefined

/**
 * What the sandbox CA has revoked, good for a week; null while there is no sandbox CA. Anybody may ask: a list is signed once a
 * minute at most, or when it would have other entries.
 */
export async function getSandboxCrl(ctx: Context): Promise<Buffer | null> {
  const ca = await findSandboxCa(ctx.db)
  if (!ca) return null
  const of = `${sha256(ca.intermediate).toString('hex')} ${await findRevokedVersion(ctx.db, ctx.now)}`
  const age = kept && ctx.now.getTime() - kept.at.getTime()
  if (kept?.of === of && age !== undefined && age >= 0 && age < KEPT_MS) return kept.list
  kept = { of, at: ctx.now, list: await signList(ctx, ca) }
  return kept.list
}

/** RFC 5280 §5 */
async function signList(ctx: Context, ca: SandboxCa): Promise<Buffer> {
  const revoked = await listRevoked(ctx.db, ctx.now)
  const signature = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 })
  const tbsCertList = new TBSCertList({
    version: Version.v2,
    signature,
    issuer: toName(ca.signer.subject),
    thisUpdate: new Time(ctx.now),
    nextUpdate: new Time(addDays(ctx.now, 7)),
    // RFC 5280 §5.1.2.6: "when there are no revoked certificates, the revoked certificates list MUST be absent"
    revokedCertificates: revoked.length === 0 ? undefined : revoked.map(toEntry),
    crlExtensions: [
      extension(
        id_ce_authorityKeyIdentifier,
        new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdOf(ca.signer.spki)) }),
      ),
      // RFC 5280 §5.2.3: a monotonically increasing number; the second of signing is one.
      extension(id_ce_cRLNumber, new CRLNumber(Math.floor(ctx.now.getTime() / 1000))),
    ],
  })
  const tbs = Buffer.from(AsnConvert.serialize(tbsCertList))
  const signatureValue = Uint8Array.from(sign('sha256', tbs, ca.signer.privateKey)).buffer
  const list = new CertificateList({ tbsCertList, signatureAlgorithm: signature, signature: signatureValue })
  return Buffer.from(AsnConvert.serialize(list))
}

function toEntry({ serial, revokedAt }: { serial: string; revokedAt: Date }): RevokedCertificate {
  const userCertificate = Uint8Array.from(Buffer.from(serial, 'hex')).buffer
  return new RevokedCertificate({ userCertificate, revocationDate: new Time(revokedAt) })
}

function extension(extnID: string, value: object): Extension {
  return new Extension({ extnID, critical: false, extnValue: new OctetString(AsnConvert.serialize(value)) })
}
