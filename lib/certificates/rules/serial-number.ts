import { membersOf } from '../arrange-chain'
import { finding } from '../finding'
import type { Rule } from './rule'

const MAX_OCTETS = 20

/** RFC 5280 §4.1.2.2: positive, and not longer than 20 octets. */
export const serialNumber: Rule = (chain) =>
  membersOf(chain).flatMap((certificate) => {
    const { serial, label } = certificate
    if (serial.length > MAX_OCTETS) {
      return [
        finding(
          'serial-too-long',
          certificate,
          `The serial number of ${label.toLowerCase()} has ${serial.length} octets.`,
        ),
      ]
    }
    const isNegative = (serial[0] ?? 0) >= 0x80
    if (!isNegative && serial.some((octet) => octet !== 0)) return []
    const what = isNegative ? 'negative' : 'zero'
    return [finding('serial-not-positive', certificate, `The serial number of ${label.toLowerCase()} is ${what}.`)]
  })
