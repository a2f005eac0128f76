import { DerError } from '../der/der'

/**
 * UTCTime or GeneralizedTime to the second in Zulu time, of whatever year: OCSP writes GeneralizedTime always (RFC 6960 §4.2.2.1),
 * certificates and lists from 2050 on. @throws DerError
 */
export function readMoment({ tag, content }: { tag: number; content: Buffer }): Date {
  const text = content.length <= 15 ? content.toString('latin1') : ''
  const utc = tag === 0x17 && /^\d{12}Z$/.test(text)
  const generalized = tag === 0x18 && /^\d{14}Z$/.test(text)
  if (!utc && !generalized) throw new DerError('malformed', 'a time in another form')
  const full = utc ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text
  const iso = full.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6.000Z')
  const moment = new Date(iso)
  // An engine may carry the 30th of February over into March.
  if (Number.isNaN(moment.getTime()) || moment.toISOString() !== iso) {
    throw new DerError('malformed', 'a time that does not exist')
  }
  return moment
}
