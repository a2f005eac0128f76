import { type Der, DerError, Elements, listOf, OID, oidOf, readOnly, SEQUENCE, UTF8_STRING, type Work } from './der/der'
import { finding } from './finding'
import { cutOid } from './key-purposes'
import { attributeOf, decodeUtf8, toSafeText } from './name'
import { type Certificate, EXTENSION } from './parse-certificate'
import type { Finding, Psd2, Psd2Role } from './schema'

const ORGANIZATION_IDENTIFIER = '2.5.4.97'
const QC_COMPLIANCE = '0.4.0.1862.1.1'
const QC_TYPE = '0.4.0.1862.1.6'
const QC_TYPES: Record<string, Psd2['qcTypes'][number]> = {
  '0.4.0.1862.1.6.1': 'esign',
  '0.4.0.1862.1.6.2': 'eseal',
  '0.4.0.1862.1.6.3': 'web',
}
const PSD2_STATEMENT = '0.4.0.19495.2'
const ROLES: Record<string, Psd2Role> = {
  '0.4.0.19495.1.1': 'PSP_AS',
  '0.4.0.19495.1.2': 'PSP_PI',
  '0.4.0.19495.1.3': 'PSP_AI',
  '0.4.0.19495.1.4': 'PSP_IC',
}
const LONGEST_TEXT = 256

type Statement = { roles: { oid: string; name: string }[]; ncaName: string; ncaId: string }

/**
 * The qcStatements of a certificate (RFC 3739 §3.2.6, ETSI EN 319 412-5 §4, TS 119 495 §5). Structure is read strictly: a
 * malformed statement grants no role. What certificates in use get wrong without changing what they grant, a role's name or
 * the authority's, is a warning. `psd2` is null where there are no qcStatements.
 */
export function readPsd2(certificate: Certificate, work: Work): { psd2: Psd2 | null; findings: Finding[] } {
  const extension = certificate.extensions.find(({ oid }) => oid === EXTENSION.qcStatements)
  if (!extension) return { psd2: null, findings: [] }
  const organizationIdentifier = attributeOf(certificate.subject, ORGANIZATION_IDENTIFIER)
  const psd2: Psd2 = {
    roles: [],
    ncaName: null,
    ncaId: null,
    organizationIdentifier: organizationIdentifier && toSafeText(organizationIdentifier),
    qualified: false,
    qcTypes: [],
  }
  let statement: Statement | null
  try {
    const statements = readStatements(extension.value, work)
    psd2.qualified = statements.has(QC_COMPLIANCE)
    psd2.qcTypes = readTypes(statements.get(QC_TYPE))
    const information = statements.get(PSD2_STATEMENT)
    if (information === undefined) return { psd2, findings: [] }
    statement = readStatement(information)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    const message = `The qcStatements of ${certificate.label.toLowerCase()} grant no role: ${error.message}.`
    return { psd2, findings: [finding('psd2-malformed', certificate, message)] }
  }
  psd2.roles = [...new Set(statement.roles.flatMap(({ oid }) => ROLES[oid] ?? []))]
  psd2.ncaName = toSafeText(statement.ncaName)
  psd2.ncaId = toSafeText(statement.ncaId)
  return { psd2, findings: [...judgeRoles(certificate, statement), ...judgeAuthority(certificate, psd2)] }
}

function readStatements(value: Buffer, work: Work): Map<string, Der | null> {
  const statements = new Map<string, Der | null>()
  for (const statement of listOf(readOnly(value, work))) {
    const fields = new Elements(statement)
    const oid = oidOf(fields.next(OID))
    const [information = null, ...surplus] = fields.rest()
    if (surplus.length > 0) throw new DerError('malformed', 'a statement with an element too many')
    if (statements.has(oid)) throw new DerError('malformed', `the statement ${cutOid(oid)} twice`)
    statements.set(oid, information)
  }
  return statements
}

function readTypes(information: Der | null | undefined): Psd2['qcTypes'] {
  if (information === undefined) return []
  if (information === null) throw new DerError('malformed', 'a QcType without types')
  return listOf(information).flatMap((type) => QC_TYPES[oidOf(type)] ?? [])
}

// ETSI TS 119 495 §5.1: PSD2QcType ::= SEQUENCE { rolesOfPSP RolesOfPSP, nCAName NCAName, nCAId NCAId }
function readStatement(information: Der | null): Statement {
  if (!information) throw new DerError('malformed', 'a PSD2 statement without content')
  const fields = new Elements(information)
  const roles = listOf(fields.next(SEQUENCE)).map((role) => {
    const parts = new Elements(role)
    const oid = oidOf(parts.next(OID))
    const name = textOf(parts.next(UTF8_STRING))
    parts.end()
    return { oid, name }
  })
  const ncaName = textOf(fields.next(UTF8_STRING))
  const ncaId = textOf(fields.next(UTF8_STRING))
  fields.end()
  return { roles, ncaName, ncaId }
}

function textOf({ content }: Der): string {
  const text = decodeUtf8(content)
  if (text.length < 1 || text.length > LONGEST_TEXT) throw new DerError('malformed', 'a text of wrong length')
  return text
}

function judgeRoles(certificate: Certificate, { roles }: Statement): Finding[] {
  return roles.flatMap(({ oid, name }) => {
    const role = ROLES[oid]
    const where = certificate.label
    if (!role)
      return [
        finding(
          'psd2-role-unknown',
          certificate,
          `${where} has the PSD2 role ${cutOid(oid)}, which is none of the four.`,
        ),
      ]
    if (name === role) return []
    return [finding('psd2-role-name', certificate, `${where} calls ${role} (${oid}) “${toSafeText(name)}”.`)]
  })
}

// ETSI TS 119 495 §5.2.1: “PSD”, country, “-”, NCA, “-”, authorization number; the NCAId is country, “-”, NCA.
const IDENTIFIER = /^PSD([A-Z]{2}-[A-Z]{2,8})-(.+)$/

function judgeAuthority(certificate: Certificate, { ncaId, organizationIdentifier }: Psd2): Finding[] {
  const parts = IDENTIFIER.exec(organizationIdentifier ?? '')
  if (!parts) {
    const found = organizationIdentifier ? `found ${organizationIdentifier}` : 'found none'
    const message = `${certificate.label}: expected an organizationIdentifier of the form PSDxx-NCA-number, ${found}.`
    return [finding('psd2-organization-identifier', certificate, message)]
  }
  if (parts[1] === ncaId) return []
  const message = `${certificate.label} names the authority ${ncaId} in its PSD2 statement, and ${parts[1]} in its organizationIdentifier.`
  return [finding('psd2-authority-differs', certificate, message)]
}
