import { getLocale, getTranslations } from 'next-intl/server'
import { describeScopes, localeOf } from '@/lib/consents/describe-scopes'
import { CONSENT_DAYS } from '@/lib/consents/schema'
import { addDays } from '@/lib/core/time'
import { choiceField } from '@/lib/oauth/authorization/answer-input'
import type { VisitedRequest } from '@/lib/oauth/authorization/visit-request'
import type { CustomerOption } from './customer-options'
import type { AskedItem } from './item-choices'

const ACCOUNTS_NAMED = 3

/** What the request asks for, each in plain words: what, which accounts it reaches, until when. */
export async function askedItems(
  request: VisitedRequest,
  customers: CustomerOption[],
  now: Date,
): Promise<AskedItem[]> {
  const t = await getTranslations('AuthWeb.items')
  const locale = await getLocale()
  const open = customers.filter(({ barrier }) => barrier === null)
  const only = open.length === 1 ? (open[0] ?? null) : null
  const end = addDays(now, CONSENT_DAYS)
  const until = t('until', { date: end.toLocaleDateString(locale, { dateStyle: 'long', timeZone: 'UTC' }) })
  const lines = [reach(only), until]
  const payments = request.payments
  return [
    ...request.scopes.map((item) => ({
      item,
      field: choiceField(item),
      sentence: describeScopes([item], localeOf(locale))[0] ?? item,
      lines,
      payments: [],
    })),
    ...(payments.length === 0
      ? []
      : [
          {
            item: 'payment',
            field: choiceField('payment'),
            sentence: t('payment', { count: payments.length }),
            lines: [only ? t('from', { customer: only.name }) : t('fromChosen')],
            payments,
          },
        ]),
  ]

  function reach(customer: CustomerOption | null): string {
    if (!customer) return t('reachesChosen')
    const { name, accounts } = customer
    if (accounts.length > ACCOUNTS_NAMED) return t('reachesAll', { count: accounts.length, customer: name })
    return t('reaches', {
      accounts: new Intl.ListFormat(locale).format(accounts.map((account) => account.name)),
    })
  }
}
