import { UsageError } from './usage-error'

const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** ISO 8601; a day alone is its first moment, and a time without a zone is UTC. @throws UsageError that begins with `option` */
export function readDate(option: string, text: string): Date {
  const match = DATE.exec(text)
  const moment = new Date(match && text.length > 10 && !match[1] ? `${text}Z` : text)
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`)
  const exists = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10))
  if (!match || Number.isNaN(moment.getTime()) || !exists) {
    throw new UsageError(`${option} ${text} is not a date; expected 2026-11-24 or 2026-11-24T12:00:00Z.`)
  }
  return moment
}
