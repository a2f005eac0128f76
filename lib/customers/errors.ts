import { DomainError } from '@/lib/core/errors'

const TOLD = 50

/** Every problem in one message, a line each; of very many the first. */
export function accountFileInvalid(problems: string[], cause?: unknown): DomainError {
  const more = problems.length > TOLD ? [`… and ${problems.length - TOLD} more`] : []
  const list = [...problems.slice(0, TOLD), ...more].map((problem) => `  ${problem}`)
  return new DomainError('invalid', 'account-file-invalid', ['Nothing was imported:', ...list].join('\n'), { cause })
}
