import { getTranslations } from 'next-intl/server'
import type { DomainError } from '@/lib/core/errors'

/**
 * A refusal in the reader's language: the catalogue's sentence for its reason, or its own message where the catalogue has
 * none. Messages of schemas may be reasons as well.
 */
export async function translateError(error: DomainError): Promise<string> {
  const t = await getTranslations('Errors')
  if (!t.has(error.reason as never)) return error.message
  const seconds = error.retryAfterSeconds ?? 0
  return t(error.reason as never, { seconds, minutes: Math.ceil(seconds / 60) } as never)
}

export async function translateMessages(fieldErrors: Record<string, string[]>): Promise<Record<string, string[]>> {
  const t = await getTranslations('Errors')
  return Object.fromEntries(
    Object.entries(fieldErrors).map(([field, messages]) => [
      field,
      messages.map((message) =>
        /^[a-z][a-z-]+$/.test(message) && t.has(message as never) ? t(message as never) : message,
      ),
    ]),
  )
}
