import { createTranslator } from 'use-intl/core'
import { describeScopes } from '@/lib/consents/describe-scopes'
import { CONSENT_DAYS } from '@/lib/consents/schema'
import { assert } from '@/lib/core/errors'
import { formatIban } from '@/lib/core/iban'
import { addDays } from '@/lib/core/time'
import type { OperationFacts } from '@/lib/dispositions/operation'
import type { Locale, Statement } from '@/lib/dispositions/schema'
import en from '@/messages/en.json'
import it from '@/messages/it.json'
import { describePayment, PaymentInitiation } from './authorization-details'

const CATALOGUES = { en, it }

/** What the person reads in the wallet before they consent, and what their signature covers by its hash. */
export function describeConsent(facts: OperationFacts, locale: Locale): Statement {
  const t = createTranslator({ locale, messages: CATALOGUES[locale], namespace: 'Consents.statement' })
  const { application, asked } = facts
  assert(asked, 'a consent is for Customers')
  const payments = (asked.authorization_details ?? []).map((details) =>
    describePayment(PaymentInitiation.parse(details)),
  )
  const day = addDays(facts.now, CONSENT_DAYS)
  const date = day.toLocaleDateString(locale, { dateStyle: 'long', timeZone: 'UTC' })
  return {
    title: t('title', { application: application.name }),
    rows: [
      { label: t('application'), value: application.name },
      { label: t('owner'), value: application.ownerName ?? t('ownerUnverified') },
      ...asked.customers.map(({ name }) => ({ label: t('customer'), value: name })),
      ...payments.flatMap(({ amount, currency, creditorName, iban, remittance }) => [
        {
          label: t('payment'),
          value: t('paymentOf', {
            amount: money(amount, currency, locale),
            name: creditorName,
            iban: formatIban(iban),
          }),
        },
        ...(remittance === null ? [] : [{ label: t('paymentFor'), value: remittance }]),
      ]),
      { label: t('until'), value: t('untilDay', { date }) },
      ...(facts.environment === 'sandbox' ? [{ label: t('environment'), value: t('sandbox') }] : []),
    ],
    allowsTitle: t('allowsTitle'),
    allows: [...describeScopes(asked.scopes, locale), ...(payments.length > 0 ? [t('allowsPayment')] : [])],
    forbidsTitle: t('forbidsTitle'),
    forbids: [t('forbidsOthers'), t('forbidsMore')],
  }
}

function money(minor: number, currency: string, locale: Locale): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}
