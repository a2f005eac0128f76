import type { Scope } from '@/lib/applications/schema'

export type ScopeFamily = 'psd2' | 'connect'

/** Each scope as a developer reads it; account owners have words of their own, in messages/. */
export const SCOPE_WORDS: Record<Scope, { label: string; family: ScopeFamily }> = {
  'psd2-ais': { label: 'Read accounts, balances and transactions', family: 'psd2' },
  'psd2-pis': { label: 'Start payments', family: 'psd2' },
  'connect-ais': { label: 'Read accounts, balances and transactions', family: 'connect' },
  'connect-pis': { label: 'Start payments', family: 'connect' },
}

export const SCOPE_FAMILIES: Record<ScopeFamily, string> = {
  psd2: 'PSD2',
  connect: 'The institution’s own connect service',
}
