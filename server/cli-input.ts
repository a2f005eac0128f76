import type { z } from 'zod'
import { DomainError, invalid } from '@/lib/core/errors'
import { readAtMost } from './read-at-most'

const MAX_INPUT_BYTES = 64 * 1024 * 1024

/** A file that an operand names, and a byte more than it may have at most. @throws DomainError `file-unreadable` */
export async function readInput(file: string, limit = MAX_INPUT_BYTES): Promise<Buffer> {
  try {
    return await readAtMost(file, limit)
  } catch (cause) {
    throw new DomainError('invalid', 'file-unreadable', `${file} cannot be read.`, { cause })
  }
}

/** The first problem, named after the option that it is about: `names` has those that are called otherwise. */
export function parseOptions<S extends z.ZodType>(
  schema: S,
  value: unknown,
  names: Record<string, string> = {},
): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const member = String(issue?.path[0] ?? '')
  const option = names[member] ?? member.replace(/s$/, '')
  throw invalid(option, 'option-invalid', `--${option}: ${issue?.message}`)
}
