import { randomInt } from 'node:crypto'
import { ibanFrom } from '@/lib/core/iban'

// Bank and branch of the examples in the standard: no real account can be hit by mistake.
const BANK = '05428'
const BRANCH = '11101'

// What a digit counts at an odd position of an Italian account number; at an even one it counts as itself.
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21]

/** An Italian IBAN whose national check letter (CIN) holds as well as its two check digits. */
export function italianIban(accountNumber: string): string {
  const body = `${BANK}${BRANCH}${accountNumber.padStart(12, '0')}`
  let sum = 0
  for (const [index, character] of [...body].entries()) {
    const digit = Number(character)
    sum += index % 2 === 0 ? (ODD[digit] as number) : digit
  }
  return ibanFrom('IT', `${String.fromCharCode(65 + (sum % 26))}${body}`)
}

/** For a new sandbox account; that nobody has it yet is the table's unique constraint. */
export function newSandboxIban(): string {
  return italianIban(String(randomInt(1, 1e12)))
}
