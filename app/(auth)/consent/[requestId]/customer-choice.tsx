import { CircleSlash } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Badge } from '@/components/ui/badge'
import { FieldError } from '@/components/ui/field'
import { mergeClasses } from '@/components/ui/merge-classes'
import { Mono } from '@/components/ui/mono'
import { CHOICE_CARD } from '@/components/ui/radio-cards'
import { formatIban } from '@/lib/core/iban'
import type { CustomerOption } from './customer-options'

const ACCOUNTS_SHOWN = 5

type CustomerChoiceProps = {
  options: CustomerOption[]
  /** A payment is made once, so for one Customer. */
  isOne: boolean
  isSandbox: boolean
  chosen: string[]
  error?: string[]
}

/** For whom, with the accounts that come along; whom one cannot choose is named with the reason. */
export function CustomerChoice({ options, isOne, isSandbox, chosen, error }: CustomerChoiceProps) {
  const t = useTranslations('AuthWeb.customers')
  const open = options.filter(({ barrier }) => barrier === null)
  const barred = options.filter(({ barrier }) => barrier !== null)
  return (
    <div className="flex flex-col gap-4">
      {open.length === 1 && open[0] ? (
        <OnlyCustomer customer={open[0]} />
      ) : (
        <Choice options={open} isOne={isOne} chosen={chosen} error={error} />
      )}
      {barred.length > 0 ? (
        <div className="flex flex-col gap-2">
          <p id="customer-others" className="text-meta font-medium text-muted">
            {t('others')}
          </p>
          <ul aria-labelledby="customer-others" className="flex flex-col gap-2">
            {barred.map(({ id, name, barrier }) => (
              <li key={id} className="flex items-start gap-3 rounded-md border border-line bg-sunken p-3">
                <CircleSlash aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
                <span className="min-w-0">
                  <span dir="auto" className="block font-medium break-words">
                    {name}
                  </span>
                  <span className="block text-meta text-muted">
                    {barrier === 'viewer' ? t('viewer') : isSandbox ? t('noAccount') : t('noAccountProduction')}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  )
}

function OnlyCustomer({ customer }: { customer: CustomerOption }) {
  const t = useTranslations('AuthWeb.customers')
  return (
    <section aria-labelledby="customer-title" className="flex flex-col gap-2">
      <h2 id="customer-title" className="text-h3">
        {t('only')}
      </h2>
      <div className="rounded-md border border-line bg-surface p-4">
        <Named customer={customer} />
        <Accounts customer={customer} />
      </div>
      <input type="hidden" name="customer" value={customer.id} />
    </section>
  )
}

function Choice({ options, isOne, chosen, error = [] }: Omit<CustomerChoiceProps, 'isSandbox'>) {
  const t = useTranslations('AuthWeb.customers')
  const described = `customer-hint${error.length > 0 ? ' customer-error' : ''}`
  return (
    <fieldset aria-describedby={described} className="flex min-w-0 flex-col gap-2">
      <legend className="text-h3 font-semibold">{isOne ? t('one') : t('several')}</legend>
      <p id="customer-hint" className="text-muted">
        {isOne ? t('oneHint') : t('severalHint')}
      </p>
      <div className="mt-1 grid gap-2">
        {options.map((customer, index) => {
          const id = index === 0 ? 'customer' : `customer-${customer.id}`
          return (
            <label key={customer.id} htmlFor={id} className={mergeClasses(CHOICE_CARD, 'p-4')}>
              <input
                type={isOne ? 'radio' : 'checkbox'}
                id={id}
                name="customer"
                value={customer.id}
                defaultChecked={chosen.includes(customer.id)}
                aria-labelledby={`${id}-name`}
                aria-describedby={`${id}-accounts`}
                className="mt-0.5 size-4 shrink-0 accent-accent outline-none"
              />
              <span className="min-w-0 flex-1">
                <Named customer={customer} id={`${id}-name`} />
                <span id={`${id}-accounts`} className="block">
                  <Accounts customer={customer} />
                </span>
              </span>
            </label>
          )
        })}
      </div>
      <FieldError id="customer-error" messages={error} />
    </fieldset>
  )
}

function Named({ customer, id }: { customer: CustomerOption; id?: string }) {
  const t = useTranslations('AuthWeb.customers')
  return (
    <span className="flex flex-wrap items-center gap-2">
      <span id={id} dir="auto" className="min-w-0 font-medium break-words">
        {customer.name}
      </span>
      <Badge>{t(customer.kind)}</Badge>
    </span>
  )
}

/** Spans, as they may stand within a label. */
function Accounts({ customer: { accounts } }: { customer: CustomerOption }) {
  const t = useTranslations('AuthWeb.customers')
  const more = accounts.length - ACCOUNTS_SHOWN
  return (
    <span className="mt-2 flex flex-col gap-2 text-meta">
      {accounts.slice(0, ACCOUNTS_SHOWN).map(({ name, iban, currency }) => (
        <span key={iban} className="flex flex-wrap justify-between gap-x-4">
          <span dir="auto" className="min-w-0 break-words">
            {name}
          </span>
          <span className="text-muted">
            <Mono>{formatIban(iban)}</Mono> · {currency}
          </span>
        </span>
      ))}
      {more > 0 ? <span className="text-muted">{t('more', { count: more })}</span> : null}
    </span>
  )
}
