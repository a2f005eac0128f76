import type { GeneralName } from '../general-name'

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i

/** RFC 5280 §4.2.1.10: whether a constraint is of a form that can be compared. Kinds that are not compared pass here. */
export function isWellFormedConstraint(subtree: GeneralName): boolean {
  switch (subtree.kind) {
    case 'dns':
      // A leading period is for URI and e-mail alone.
      return subtree.value === '' || isHost(subtree.value)
    case 'email':
      return subtree.value.includes('@') ? isMailbox(subtree.value) : isHost(subtree.value.replace(/^\./, ''))
    case 'uri':
      return isHost(subtree.value.replace(/^\./, ''))
    case 'ip':
      return (subtree.bytes.length === 8 || subtree.bytes.length === 32) && hasContiguousMask(subtree.bytes)
    default:
      return true
  }
}

/** `name` and `subtree` are of the same kind. A name that cannot be read matches what is excluded and not what is permitted. */
export function matchesSubtree(name: GeneralName, subtree: GeneralName, list: 'permitted' | 'excluded'): boolean {
  const unreadable = list === 'excluded'
  if (name.kind === 'dns' && subtree.kind === 'dns') {
    return matchesDns(name.value.toLowerCase(), subtree.value.toLowerCase(), list)
  }
  if (name.kind === 'email' && subtree.kind === 'email') {
    return isMailbox(name.value) ? matchesMailbox(name.value, subtree.value) : unreadable
  }
  if (name.kind === 'uri' && subtree.kind === 'uri') {
    const host = hostOf(name.value)
    return host === null ? unreadable : matchesHost(host, subtree.value)
  }
  if (name.kind === 'ip' && subtree.kind === 'ip') {
    if (name.bytes.length !== 4 && name.bytes.length !== 16) return unreadable
    return isInside(name.bytes, subtree.bytes)
  }
  if (name.kind === 'directory' && subtree.kind === 'directory') {
    const wanted = subtree.name.relativeNames
    return wanted.every((relative, index) => name.name.relativeNames[index] === relative)
  }
  return unreadable
}

/** Zero or more labels added to the left. What a wildcard could stand for counts as excluded. */
function matchesDns(name: string, subtree: string, list: 'permitted' | 'excluded'): boolean {
  if (subtree === '') return true
  const plain = name.replace(/\.$/, '')
  const isWildcard = plain.startsWith('*.')
  const host = isWildcard ? plain.slice(2) : plain
  if (!isHost(host)) return list === 'excluded'
  if (host === subtree || host.endsWith(`.${subtree}`)) return true
  return isWildcard && list === 'excluded' && subtree.endsWith(`.${host}`)
}

/** The local part as it stands, the host in any case; a host alone, or with a leading period all hosts below it. */
function matchesMailbox(name: string, subtree: string): boolean {
  const [local, host] = splitMailbox(name)
  if (!subtree.includes('@')) return matchesHost(host, subtree)
  const [wantedLocal, wantedHost] = splitMailbox(subtree)
  return local === wantedLocal && host.toLowerCase() === wantedHost.toLowerCase()
}

function matchesHost(host: string, subtree: string): boolean {
  const own = host.toLowerCase()
  const wanted = subtree.toLowerCase()
  return wanted.startsWith('.') ? own.endsWith(wanted) && own.length > wanted.length : own === wanted
}

/** The constraint applies to the host part, which must be a name, not an address. */
function hostOf(uri: string): string | null {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1]
  if (authority === undefined) return null
  const host = authority.replace(/^.*@/, '').replace(/:\d*$/, '')
  return isHost(host) && !/^[\d.]+$/.test(host) ? host : null
}

function splitMailbox(mailbox: string): [string, string] {
  const at = mailbox.lastIndexOf('@')
  return [mailbox.slice(0, at), mailbox.slice(at + 1)]
}

function isMailbox(text: string): boolean {
  const [local, host] = splitMailbox(text)
  return local !== '' && isHost(host)
}

function isHost(text: string): boolean {
  return text.length > 0 && text.length <= 253 && text.split('.').every((label) => LABEL.test(label))
}

function isInside(address: Buffer, subtree: Buffer): boolean {
  const half = subtree.length / 2
  if (address.length !== half) return false
  return address.every((octet, index) => {
    const mask = subtree[half + index] ?? 0
    return (octet & mask) === ((subtree[index] ?? 0) & mask)
  })
}

function hasContiguousMask(subtree: Buffer): boolean {
  const bits = [...subtree.subarray(subtree.length / 2)].map((octet) => octet.toString(2).padStart(8, '0')).join('')
  return /^1*0*$/.test(bits)
}
