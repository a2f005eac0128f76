import { hash, verify } from '@node-rs/argon2'
import { COMMON_PASSWORDS, COMMON_WORDS } from './common-passwords'
import { passwordUnfit } from './errors'

// OWASP's smallest recommended argon2id setting: 19 MiB, two passes. argon2id is the library's default algorithm.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Of a value that nobody knows, with the same cost: what an unknown person's password is compared with. */
const NOBODYS_HASH = '$argon2id$v=19$m=19456,t=2,p=1$I+qt3Wvx4MH+oxvHaaZKeA$NwzdlvX+qklz5eXqPoLTfe94FwxMccbfUHUC3ujrimQ'

export async function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFC'), COST)
}

/** Takes as long for a person who does not exist, or has no password, as for one who has. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const fits = await verify(passwordHash ?? NOBODYS_HASH, password.normalize('NFC'))
  return fits && passwordHash !== null
}

/** @throws DomainError `password-common`, `password-personal` */
export function requireFitPassword(password: string, person: { email: string; name: string }): void {
  const folded = foldPassword(password)
  if (isCommonPassword(password)) throw passwordUnfit('password-common')
  const own = [...person.email.split(/[@.+_-]/), ...person.name.split(/\s+/)]
    .map(foldPassword)
    .filter((part) => part.length >= 4)
  const rest = own.reduce((left, part) => left.replaceAll(part, ''), folded)
  if (rest !== folded && rest.length < 8) throw passwordUnfit('password-personal')
}

/** On the list, a word of the list with figures around it, one short piece again and again, or a walk over the keyboard. */
export function isCommonPassword(password: string): boolean {
  const lower = password.normalize('NFC').toLowerCase()
  const folded = foldPassword(password)
  if (COMMON_PASSWORDS.has(lower) || COMMON_PASSWORDS.has(folded)) return true
  if (/^(.{1,4})\1+.{0,3}$/u.test(lower) || isWalk(lower)) return true
  const core = [lower, folded].map((value) => value.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '').replace(/[^\p{L}]/gu, ''))
  return core.some((word) => COMMON_WORDS.has(word) || isPairOfWords(word))
}

/** Lower case, with the usual figures and signs read as the letters that they stand for. */
function foldPassword(value: string): string {
  const letters: Record<string, string> = {
    '0': 'o',
    '1': 'i',
    '3': 'e',
    '4': 'a',
    '5': 's',
    '7': 't',
    '@': 'a',
    $: 's',
    '!': 'i',
  }
  return value
    .normalize('NFC')
    .toLowerCase()
    .replace(/[013457@$!]/g, (sign) => letters[sign] ?? sign)
}

function isPairOfWords(word: string): boolean {
  for (let cut = 3; cut <= word.length - 3; cut++) {
    if (COMMON_WORDS.has(word.slice(0, cut)) && COMMON_WORDS.has(word.slice(cut))) return true
  }
  return false
}

const WALKS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
]

function isWalk(value: string): boolean {
  return WALKS.some((walk) => {
    const back = [...walk].reverse().join('')
    return `${walk}${walk}`.includes(value) || `${back}${back}`.includes(value)
  })
}
