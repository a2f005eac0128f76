import type { Account, CustomerKind, CustomerOfPerson } from '@/lib/customers/schema'

export type PreviewedAccount = { name: string; iban: string; currency: string }

export type CustomerOption = {
  id: string
  name: string
  kind: CustomerKind
  accounts: PreviewedAccount[]
  /** Why it cannot be chosen. */
  barrier: 'viewer' | 'no-account' | null
}

/** Every Customer of the person, with the accounts that the application could reach; those that can be chosen first. */
export function customerOptions(
  customers: readonly CustomerOfPerson[],
  accounts: readonly Account[],
): CustomerOption[] {
  const options = customers.map(({ id, name, kind, role }): CustomerOption => {
    const own = accounts.filter(({ customerId }) => customerId === id)
    return {
      id,
      name,
      kind,
      accounts: own.map(({ name, iban, currency }) => ({ name, iban, currency })),
      barrier: role === 'owner' ? (own.length > 0 ? null : 'no-account') : 'viewer',
    }
  })
  return options.toSorted((a, b) => Number(a.barrier !== null) - Number(b.barrier !== null))
}
