import { z } from 'zod'
import { parseCsv } from '@/lib/core/csv'
import { isIban, normalizeIban } from '@/lib/core/iban'
import { isPlainLine } from '@/lib/core/plain-line'
import { accountFileInvalid } from './errors'
import { CUSTOMER_KINDS } from './schema'

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'))

const Name = z.string().min(1, 'is missing').max(80, 'has more than 80 characters').refine(isPlainLine, {
  error: 'holds a line break or a character that cannot be seen',
})

/** One line of the file: an account, the Customer that holds it, and one person who owns that Customer. */
const Line = z.object({
  iban: z.string().transform(normalizeIban).refine(isIban, 'is not an IBAN'),
  currency: z
    .string()
    .toUpperCase()
    .refine((code) => CURRENCIES.has(code), 'is not a currency of ISO 4217'),
  environment: z.enum(['sandbox', 'production'], { error: 'is sandbox or production' }),
  customer_kind: z.enum(CUSTOMER_KINDS, { error: `is ${CUSTOMER_KINDS.join(' or ')}` }),
  customer_name: Name,
  holder_email: z.email('is not an e-mail address').max(254, 'has more than 254 characters'),
  holder_name: z.literal('').or(Name).default(''),
  account_name: z.literal('').or(Name).default(''),
})
export type AccountLine = z.infer<typeof Line> & { line: number }

const COLUMNS = Object.keys(Line.shape)
const REQUIRED = COLUMNS.filter((column) => !Line.shape[column as keyof typeof Line.shape].safeParse(undefined).success)

/** Some tens of thousands of accounts. */
const LIMIT_BYTES = 8 * 1024 * 1024

/**
 * Reads the file of `countersign account import` (docs/operations.md): CSV, whose first line names the columns, in any order.
 * @throws DomainError `account-file-invalid` with every problem, each with its line
 */
export function readAccountFile(bytes: Uint8Array): AccountLine[] {
  if (bytes.length > LIMIT_BYTES) throw accountFileInvalid(['the file is larger than 8 MiB: split it'])
  const parsed = parseCsv(decode(bytes))
  if ('problem' in parsed) throw accountFileInvalid([`line ${parsed.line}: ${parsed.problem}`])
  const [header, ...rows] = parsed.ok
  const columns = header?.fields.map((name) => name.trim().toLowerCase()) ?? []
  const problems = problemsOfHeader(columns)
  if (problems.length > 0) throw accountFileInvalid(problems)

  const lines: AccountLine[] = []
  for (const { line, fields } of rows) {
    if (fields.length !== columns.length) {
      problems.push(`line ${line}: has ${fields.length} values for ${columns.length} columns`)
      continue
    }
    const read = Line.safeParse(Object.fromEntries(columns.map((name, index) => [name, fields[index]?.trim()])))
    if (read.success) lines.push({ ...read.data, line })
    else problems.push(...read.error.issues.map((issue) => `line ${line}: ${String(issue.path[0])} ${issue.message}`))
  }
  if (lines.length === 0 && problems.length === 0) problems.push('the file has no account')
  if (problems.length > 0) throw accountFileInvalid(problems)
  return lines
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw accountFileInvalid(['the file is not UTF-8'], cause)
  }
}

function problemsOfHeader(columns: string[]): string[] {
  return [
    ...columns.filter((name) => !COLUMNS.includes(name)).map((name) => `line 1: there is no column “${name}”`),
    ...columns.filter((name, index) => columns.indexOf(name) < index).map((name) => `line 1: ${name} comes twice`),
    ...REQUIRED.filter((name) => !columns.includes(name)).map((name) => `line 1: the column ${name} is missing`),
  ]
}
