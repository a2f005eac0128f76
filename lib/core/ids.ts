import { randomBytes, randomInt } from 'node:crypto'

// Crockford base 32: no I, L, O, U, so that an id survives being read aloud.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Every kind of internal id: prefix and 20 characters of Crockford base 32, lower case (100 random bits). */
export const ID_PREFIXES = {
  person: 'psn_',
  customer: 'cus_',
  membership: 'mem_',
  account: 'acc_',
  application: 'app_',
  callback: 'cbk_',
  member: 'mbr_',
  invitation: 'inv_',
  transfer: 'trf_',
  approval: 'apr_',
  secret: 'sec_',
  replica: 'rep_',
  core: 'cor_',
  disposition: 'dsp_',
  passkey: 'pky_',
  session: 'ses_',
  device: 'dev_',
  pushSubscription: 'psb_',
  totp: 'otp_',
  phone: 'phn_',
  chain: 'crt_',
  anchor: 'anc_',
  revocationSource: 'rvs_',
  publicKey: 'jwk_',
  consent: 'cns_',
  authorizationRequest: 'arq_',
} as const
export type IdKind = keyof typeof ID_PREFIXES

/** Ids that go over the wire of Family A: prefix and 10 characters, upper case (contract.md, Family A). */
export const WIRE_PREFIXES = { connection: 'CON' } as const
export type WireIdKind = keyof typeof WIRE_PREFIXES

function crockford(length: number): string {
  let out = ''
  for (const byte of randomBytes(length)) out += ALPHABET[byte & 31]
  return out
}

export function newId(kind: IdKind): string {
  return ID_PREFIXES[kind] + crockford(20).toLowerCase()
}

/** 50 random bits: unique by the table's primary key, guessed by nobody because every read is tenant-bound. */
export function newWireId(kind: WireIdKind): string {
  return WIRE_PREFIXES[kind] + crockford(10)
}

export function isWireId(kind: WireIdKind, value: string): boolean {
  return value.length === 13 && value.startsWith(WIRE_PREFIXES[kind]) && /^[0-9A-HJKMNP-TV-Z]{10}$/.test(value.slice(3))
}

/** 10 to 99: the number that the wallet asks for (security.md, Disposition Flow). */
export function newTwoDigitNumber(): number {
  return randomInt(10, 100)
}
