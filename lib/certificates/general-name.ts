import { isIP } from 'node:net'
import { type Der, DerError, Elements } from './der/der'
import { type Name, readName, toHex, toSafeText } from './name'

/** RFC 5280 §4.2.1.6. What is compared by no rule keeps its kind alone. */
export type GeneralName =
  | { kind: 'dns' | 'email' | 'uri'; value: string }
  | { kind: 'ip'; bytes: Buffer }
  | { kind: 'directory'; name: Name }
  | { kind: 'other' | 'x400' | 'edi' | 'registered' }

export type NameKind = GeneralName['kind']

const OPAQUE: Record<number, 'other' | 'x400' | 'edi' | 'registered'> = {
  160: 'other',
  163: 'x400',
  165: 'edi',
  136: 'registered',
}

/** @throws DerError */
export function readGeneralName(value: Der): GeneralName {
  switch (value.tag) {
    case 0x81:
      return { kind: 'email', value: asciiOf(value) }
    case 0x82:
      return { kind: 'dns', value: asciiOf(value) }
    case 0x86:
      return { kind: 'uri', value: asciiOf(value) }
    case 0x87:
      return { kind: 'ip', bytes: value.content }
    case 0xa4: {
      const fields = new Elements(value, 0xa4)
      const name = readName(fields.next())
      fields.end()
      return { kind: 'directory', name }
    }
    default: {
      const kind = OPAQUE[value.tag]
      if (!kind) throw new DerError('malformed', 'a name of no known form')
      return { kind }
    }
  }
}

function asciiOf({ content }: Der): string {
  if (content.some((octet) => octet === 0 || octet > 0x7e)) throw new DerError('malformed', 'a name that is not ASCII')
  return content.toString('latin1')
}

export function describeGeneralName(name: GeneralName): string {
  switch (name.kind) {
    case 'dns':
    case 'email':
    case 'uri':
      return `${name.kind === 'dns' ? 'DNS' : name.kind}:${toSafeText(name.value)}`
    case 'ip':
      return `IP:${describeAddress(name.bytes)}`
    case 'directory':
      return `name:${name.name.text}`
    default:
      return name.kind
  }
}

function describeAddress(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.')
  if (bytes.length !== 16) return toHex(bytes)
  const text = bytes.toString('hex').replace(/(.{4})(?=.)/g, '$1:')
  return isIP(text) ? text : toHex(bytes)
}
