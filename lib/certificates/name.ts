import { type Der, DerError, Elements, listOf, oidOf, SEQUENCE, SET, UTF8_STRING } from './der/der'

/** A distinguished name: its bytes for chaining, its parts for showing and for name constraints. */
export type Name = {
  raw: Buffer
  attributes: { type: string; value: string }[]
  /** For comparison: one string per relative name, case and spaces folded (RFC 5280 §7.1). */
  relativeNames: string[]
  text: string
}

const SHORT_NAMES: Record<string, string> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.42': 'GN',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.25': 'DC',
  '0.9.2342.19200300.100.1.1': 'UID',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
}
const LONGEST_SHOWN = 300

/** @throws DerError */
export function readName(value: Der): Name {
  if (value.tag !== SEQUENCE) throw new DerError('malformed', 'a name that is no sequence')
  const attributes: Name['attributes'] = []
  const relativeNames = value.children.map((relative) => {
    const parts = listOf(relative, SET).map((attribute) => {
      const fields = new Elements(attribute)
      const type = oidOf(fields.next())
      const content = fields.next()
      fields.end()
      const text = stringOf(content)
      attributes.push({ type, value: text ?? `#${content.raw.toString('hex')}` })
      return `${type}=${text === null ? `#${content.raw.toString('hex')}` : fold(text)}`
    })
    return parts.sort().join('+')
  })
  return { raw: value.raw, attributes, relativeNames, text: describe(attributes) }
}

/** The most telling part of a name: the common name, else the organization, else all of it. */
export function shortName(name: Name): string {
  const of = (type: string) => name.attributes.find((attribute) => attribute.type === type)?.value
  return toSafeText(of('2.5.4.3') ?? of('2.5.4.10') ?? name.text) || '(no name)'
}

export function attributeOf(name: Name, type: string): string | null {
  return name.attributes.find((attribute) => attribute.type === type)?.value ?? null
}

/** The text of a directory string or IA5String; null for other types. @throws DerError */
export function stringOf({ tag, content }: Der): string | null {
  switch (tag) {
    case UTF8_STRING:
    case 0x12: // NumericString
    case 0x13: // PrintableString
    case 0x16: // IA5String
    case 0x1a: // VisibleString
      return decodeUtf8(content)
    case 0x14: // TeletexString, by everybody's habit Latin-1
      return content.toString('latin1')
    case 0x1e: // BMPString
      if (content.length % 2 !== 0) throw new DerError('malformed', 'a BMPString of odd length')
      return Buffer.from(content).swap16().toString('utf16le')
    default:
      return null
  }
}

export function decodeUtf8(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch (cause) {
    throw Object.assign(new DerError('malformed', 'a string that is not UTF-8'), { cause })
  }
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

function describe(attributes: Name['attributes']): string {
  const text = attributes.map(({ type, value }) => `${SHORT_NAMES[type] ?? type}=${value}`).join(', ')
  return toSafeText(text) || '(empty)'
}

/** Text that strangers wrote, made safe to show: no controls, nothing that turns the direction of writing, not endless. */
export function toSafeText(text: string): string {
  // Cut first: what is not shown costs nothing.
  const visible = text.slice(0, LONGEST_SHOWN).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu, '\ufffd')
  return text.length > LONGEST_SHOWN ? `${visible}…` : visible
}

const LONGEST_BYTES = 40

/** Hexadecimal of a key identifier or a serial number: the longest that is allowed in full, anything longer cut. */
export function toHex(bytes: Buffer): string {
  const shown = bytes.subarray(0, LONGEST_BYTES).toString('hex')
  return bytes.length > LONGEST_BYTES ? `${shown}…` : shown
}
