'use client'

import { CircleCheck } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { FormEvent } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

export const NUMBER_FIELD = 'number'

export type NumberEntryProps = { isMatched: boolean; error: string | null; pending: boolean; onCheck: () => void }

/** Ties this device to the screen where the request was started: a code that somebody sent along has no number beside it. */
export function NumberEntry({ isMatched, error, pending, onCheck }: NumberEntryProps) {
  const t = useTranslations('Wallet.approval')
  function check(event: FormEvent) {
    event.preventDefault()
    onCheck()
  }
  if (isMatched) {
    return (
      <p role="status" className="flex items-center gap-2 font-medium text-success-text">
        <CircleCheck aria-hidden className="size-4 shrink-0" />
        {t('numberMatched')}
      </p>
    )
  }
  return (
    <form onSubmit={check} className="flex flex-col gap-3 rounded-md border border-line bg-surface p-4">
      <Field name={NUMBER_FIELD} label={t('numberTitle')} hint={t('numberHint')} error={error ?? undefined}>
        <Input
          inputMode="numeric"
          autoComplete="off"
          maxLength={2}
          className="min-h-12 max-w-24 font-mono text-h3 tracking-[0.25em] tabular md:text-h3"
        />
      </Field>
      <div role="status" className="sr-only">
        {error}
      </div>
      <Button type="submit" variant="secondary" pending={pending} className="min-h-11 self-start">
        {t('numberCheck')}
      </Button>
    </form>
  )
}
