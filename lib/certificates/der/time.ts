import { type Der, DerError } from './der'

const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18

/**
 * RFC 5280 §4.1.2.5: UTCTime through the year 2049, GeneralizedTime from 2050, both to the second and in Zulu time, no
 * fractions. @throws DerError
 */
export function readTime({ tag, content }: Der): Date {
  const text = content.toString('latin1')
  if (tag === UTC_TIME && /^\d{12}Z$/.test(text)) {
    const year = Number(text.slice(0, 2))
    return toDate(year < 50 ? 2000 + year : 1900 + year, text.slice(2))
  }
  if (tag === GENERALIZED_TIME && /^\d{14}Z$/.test(text)) {
    const year = Number(text.slice(0, 4))
    if (year < 2050) throw new DerError('malformed', 'a year before 2050 as GeneralizedTime')
    return toDate(year, text.slice(4))
  }
  throw new DerError('malformed', 'a time in another form than UTCTime or GeneralizedTime in Zulu')
}

function toDate(year: number, rest: string): Date {
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = (rest.match(/\d\d/g) ?? []).map(Number)
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  const exists =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  if (!exists) throw new DerError('malformed', 'a time that does not exist')
  return date
}
