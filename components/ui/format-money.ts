export type Amount = {
  /** Integer minor units. */
  amount: number | bigint
  /** ISO 4217. */
  currency: string
}

/** The amount in the locale's manner, its currency always with it. Exact for every integer. */
export function formatMoney({ amount, currency }: Amount, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(toDecimal(BigInt(amount), decimals))
}

function toDecimal(minor: bigint, decimals: number): Intl.StringNumericLiteral {
  const sign = minor < 0n ? '-' : ''
  const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const rest = digits.slice(digits.length - decimals)
  return `${sign}${whole}${rest && `.${rest}`}` as Intl.StringNumericLiteral
}
