import type { z } from 'zod'
import { invalid } from '@/lib/core/errors'

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
