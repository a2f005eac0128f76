import { type Amount, formatMoney } from './format-money'
import { mergeClasses } from './merge-classes'

export type MoneyProps = Amount & { locale?: string; className?: string }

export function Money({ amount, currency, locale = 'en', className }: MoneyProps) {
  return (
    <data value={`${amount} ${currency}`} className={mergeClasses('whitespace-nowrap tabular', className)}>
      {formatMoney({ amount, currency }, locale)}
    </data>
  )
}
