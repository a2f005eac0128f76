import { DAY, HOUR } from '@/lib/core/time'
import { membersOf } from '../arrange-chain'
import { finding } from '../finding'
import type { Certificate } from '../parse-certificate'
import type { Finding } from '../schema'
import type { Rule } from './rule'

const SOON_DAYS = 30

/** RFC 5280 §6.1.3 (a)(2), §4.1.2.5: valid from notBefore through notAfter, both inclusive. */
export const validity: Rule = (chain) => membersOf(chain).flatMap((certificate) => judge(certificate, chain.at))

function judge(certificate: Certificate, at: Date): Finding[] {
  const { label, notBefore, notAfter } = certificate
  const begins = showTime(notBefore)
  const ends = showTime(notAfter)
  if (notAfter < notBefore) {
    return [finding('validity-inverted', certificate, `${label} begins on ${begins} and ends on ${ends}.`)]
  }
  if (at > notAfter) {
    return [finding('expired', certificate, `${label} expired on ${ends}, ${describeSpan(at, notAfter)} ago.`)]
  }
  if (at < notBefore) {
    const fix = `Send the chain on or after ${begins}, or check the clock of the authority.`
    const message = `${label} becomes valid on ${begins}, in ${describeSpan(at, notBefore)}.`
    return [finding('not-yet-valid', certificate, message, fix)]
  }
  if (notAfter.getTime() - at.getTime() < SOON_DAYS * DAY) {
    return [finding('expires-soon', certificate, `${label} expires on ${ends}, in ${describeSpan(at, notAfter)}.`)]
  }
  return []
}

function showTime(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function describeSpan(from: Date, to: Date): string {
  const span = Math.abs(to.getTime() - from.getTime())
  const [count, unit] =
    span >= 2 * DAY ? [Math.floor(span / DAY), 'days'] : [Math.max(1, Math.floor(span / HOUR)), 'hours']
  return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`
}
