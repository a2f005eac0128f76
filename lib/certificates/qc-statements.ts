import { objectIdentifier, sequence, utf8String } from '@/lib/core/encode-der'
import type { Psd2Role } from './schema'

/** The object identifiers that decide (ETSI TS 119 495 §5.1). */
const ROLE_OIDS: Record<Psd2Role, string> = {
  PSP_AS: '0.4.0.19495.1.1',
  PSP_PI: '0.4.0.19495.1.2',
  PSP_AI: '0.4.0.19495.1.3',
  PSP_IC: '0.4.0.19495.1.4',
}
const QC_TYPE = '0.4.0.1862.1.6'
const QC_TYPE_WEB = '0.4.0.1862.1.6.3'
const PSD2 = '0.4.0.19495.2'

/**
 * QCStatements of a test certificate for website authentication: its type and its PSD2 roles. Nothing says that it is
 * qualified (no QcCompliance), because it is not.
 */
export function testQcStatements(roles: readonly Psd2Role[], authority: { name: string; id: string }): Buffer {
  const rolesOfPsp = sequence(...roles.map((role) => sequence(objectIdentifier(ROLE_OIDS[role]), utf8String(role))))
  return Buffer.from(
    sequence(
      // ETSI EN 319 412-5 §4.2.3: QcType ::= SEQUENCE OF OBJECT IDENTIFIER
      sequence(objectIdentifier(QC_TYPE), sequence(objectIdentifier(QC_TYPE_WEB))),
      // ETSI TS 119 495 §5.1: PSD2QcType ::= SEQUENCE { rolesOfPSP, nCAName, nCAId }
      sequence(objectIdentifier(PSD2), sequence(rolesOfPsp, utf8String(authority.name), utf8String(authority.id))),
    ),
  )
}
