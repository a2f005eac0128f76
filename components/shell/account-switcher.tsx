import { Building2, Check, ChevronsUpDown, User } from 'lucide-react'

export type SwitchableCustomer = { id: string; name: string; kind: 'personal' | 'business'; role?: string }

export type AccountSwitcherProps = {
  /** Said before the name, for example "Acting for". */
  label: string
  customers: SwitchableCustomer[]
  /** None while the person belongs to no Customer. */
  currentId?: string
  /** Receives the chosen Customer's id in the field `customerId`. */
  action: (form: FormData) => void | Promise<void>
  /** Shown where there is no Customer to act for. */
  emptyLabel?: string
}

/** For whom the person acts. A disclosure with one submit button per Customer: it needs no script. */
export function AccountSwitcher({
  label,
  customers,
  currentId,
  action,
  emptyLabel = 'No customer yet',
}: AccountSwitcherProps) {
  const current = customers.find(({ id }) => id === currentId)
  return (
    <details className="group rounded-md border border-line">
      <summary className="flex list-none items-center gap-2 rounded-md px-3 py-2 hover:bg-sunken [&::-webkit-details-marker]:hidden">
        <span className="min-w-0 flex-1">
          <span className="block text-meta text-muted">{label}</span>
          <span dir="auto" className="block truncate font-medium">
            {current?.name ?? emptyLabel}
          </span>
        </span>
        <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
      </summary>
      <form action={action} className="flex flex-col border-t border-line p-1">
        {customers.map(({ id, name, kind, role }) => {
          const Icon = kind === 'business' ? Building2 : User
          return (
            <button
              key={id}
              type="submit"
              name="customerId"
              value={id}
              aria-current={id === currentId ? 'true' : undefined}
              className="flex min-h-9 items-center gap-2 rounded-[6px] px-2 py-1.5 text-left hover:bg-sunken max-lg:min-h-11"
            >
              <Icon aria-hidden className="size-4 shrink-0 text-muted" />
              <span className="min-w-0 flex-1">
                <span dir="auto" className="block break-words">
                  {name}
                </span>
                {role ? <span className="block text-meta text-muted">{role}</span> : null}
              </span>
              {id === currentId ? <Check aria-hidden className="size-4 shrink-0 text-accent-text" /> : null}
            </button>
          )
        })}
      </form>
    </details>
  )
}
