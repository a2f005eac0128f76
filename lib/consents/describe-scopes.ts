import { SCOPES } from '@/lib/applications/schema'
import type { Locale } from '@/lib/dispositions/schema'
import en from '@/messages/en.json'
import it from '@/messages/it.json'

const WORDS = { en: en.Scopes, it: it.Scopes }

export function localeOf(locale: string): Locale {
  return locale === 'it' ? 'it' : 'en'
}

/** Each scope as a sentence for the account owner, in the one order; one that has no sentence stands for itself. */
export function describeScopes(scopes: readonly string[], locale: Locale): string[] {
  const words: Record<string, string> = WORDS[locale]
  const order = (scope: string) => (SCOPES as readonly string[]).indexOf(scope)
  return [...scopes].sort((a, b) => order(a) - order(b)).map((scope) => words[scope] ?? scope)
}
