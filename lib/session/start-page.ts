import type { FoundSession } from '@/lib/people/find-session'

/** Where a person begins when they came from nowhere in particular: business people build, others look at their accounts. */
export function startPage(session: Pick<FoundSession, 'customers'>): string {
  const { customers } = session
  return customers.length === 0 || customers.some(({ kind }) => kind === 'business') ? '/applications' : '/connections'
}
