import { BOUND_TOKENS_LIMIT, type BoundTokens } from '@/lib/oauth/count-bound-tokens'

/** "12 access tokens and 3 grants that refresh"; null where nothing lives. */
export function boundTokensInWords(bound: BoundTokens | undefined): string | null {
  const parts = [
    count(bound?.accessTokens ?? 0, 'access token', 'access tokens'),
    count(bound?.families ?? 0, 'grant that refreshes', 'grants that refresh'),
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(' and ')
}

function count(n: number, one: string, many: string): string | null {
  if (n === 0) return null
  const told = n.toLocaleString('en')
  return `${n >= BOUND_TOKENS_LIMIT ? `${told} or more` : told} ${n === 1 ? one : many}`
}
