export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
export const ANY_USAGE = '2.5.29.37.0'

const NAMES: Record<string, string> = {
  [CLIENT_AUTH]: 'clientAuth',
  [SERVER_AUTH]: 'serverAuth',
  [ANY_USAGE]: 'anyExtendedKeyUsage',
  '1.3.6.1.5.5.7.3.3': 'codeSigning',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '1.3.6.1.5.5.7.3.8': 'timeStamping',
  '1.3.6.1.5.5.7.3.9': 'OCSPSigning',
  '1.3.6.1.4.1.311.20.2.2': 'smartcardLogon',
  '1.3.6.1.5.5.7.3.36': 'documentSigning',
}

export function nameUsage(oid: string): string {
  return NAMES[oid] ?? cutOid(oid)
}

const MOST_SHOWN = 10

export function describeUsages(oids: string[]): string {
  return oids.slice(0, MOST_SHOWN).map(nameUsage).join(', ') + (oids.length > MOST_SHOWN ? ', …' : '')
}

const LONGEST_OID = 64

/** An object identifier as it is shown. */
export function cutOid(oid: string): string {
  return oid.length > LONGEST_OID ? `${oid.slice(0, LONGEST_OID)}…` : oid
}
