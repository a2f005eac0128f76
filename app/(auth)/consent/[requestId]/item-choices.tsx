'use client'

import { useLocale, useTranslations } from 'next-intl'
import { useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Money } from '@/components/ui/money'
import { Mono } from '@/components/ui/mono'
import { RadioCards } from '@/components/ui/radio-cards'
import { useHydrated } from '@/components/use-hydrated'
import { formatIban } from '@/lib/core/iban'
import type { DescribedPayment } from '@/lib/oauth/authorization/authorization-details'

export type AskedItem = {
  item: string
  /** Of the form. */
  field: string
  /** What it is, as a sentence. */
  sentence: string
  /** Which accounts it reaches; and until when, each a line. */
  lines: string[]
  payments: DescribedPayment[]
}

/** Each thing asked for is allowed or denied by itself, and denied until it is chosen. */
export function ItemChoices({ items, allowed }: { items: AskedItem[]; allowed: string[] }) {
  const t = useTranslations('AuthWeb.items')
  const list = useRef<HTMLDivElement>(null)
  const hydrated = useHydrated()
  const [said, setSaid] = useState('')

  function setAll(choice: 'allow' | 'deny') {
    for (const radio of list.current?.querySelectorAll<HTMLInputElement>(`input[type=radio][value=${choice}]`) ?? []) {
      radio.checked = true
    }
    setSaid(choice === 'allow' ? t('allYes') : t('allNo'))
  }

  return (
    <section aria-labelledby="items-title" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div>
          <h2 id="items-title" className="text-h3">
            {t('title')}
          </h2>
          <p className="text-muted">{t('hint')}</p>
        </div>
        {hydrated && items.length > 1 ? (
          <div className="flex gap-2">
            <Button variant="secondary" size="sm" onClick={() => setAll('deny')}>
              {t('noToAll')}
            </Button>
            <Button variant="secondary" size="sm" onClick={() => setAll('allow')}>
              {t('yesToAll')}
            </Button>
          </div>
        ) : null}
      </div>
      <p role="status" className="sr-only">
        {said}
      </p>
      <div ref={list} className="flex flex-col gap-3">
        {items.map(({ item, field, sentence, lines, payments }) => (
          <div key={item} className="rounded-md border border-line bg-surface p-4 sm:p-5">
            <RadioCards
              name={field}
              columns="pair"
              legend={
                <span className="flex flex-col gap-1 pb-1.5">
                  <span className="text-lead font-semibold">{sentence}</span>
                  {lines.map((line) => (
                    <span key={line} className="font-normal break-words text-muted">
                      {line}
                    </span>
                  ))}
                  {payments.map((payment, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: two payments may be alike
                    <Payment key={index} payment={payment} />
                  ))}
                </span>
              }
              defaultValue={allowed.includes(item) ? 'allow' : 'deny'}
              options={[
                { value: 'deny', label: t('deny') },
                { value: 'allow', label: t('allow') },
              ]}
            />
          </div>
        ))}
      </div>
    </section>
  )
}

/** Exactly what is paid: spans, as they stand in a legend, and are read with it. */
function Payment({ payment }: { payment: DescribedPayment }) {
  const t = useTranslations('AuthWeb.items')
  const locale = useLocale()
  const { amount, currency, creditorName, iban, remittance } = payment
  const row = (label: string, value: React.ReactNode) => (
    <span className="grid grid-cols-[7rem_minmax(0,1fr)] gap-3">
      <span className="font-normal text-muted">{label} </span>
      <span className="break-words">{value} </span>
    </span>
  )
  return (
    <span className="my-1 flex flex-col gap-1.5 rounded-md bg-sunken p-3">
      {row(
        t('amount'),
        <Money amount={amount} currency={currency} locale={locale} className="text-lead font-semibold" />,
      )}
      {row(t('to'), <bdi>{creditorName}</bdi>)}
      {row(t('iban'), <Mono className="break-normal">{formatIban(iban)}</Mono>)}
      {remittance === null ? null : row(t('remittance'), <bdi className="font-normal">{remittance}</bdi>)}
    </span>
  )
}
