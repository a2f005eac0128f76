import { describe, expect, it } from 'vitest'
import { formatMoney } from './format-money'

describe('formatMoney', () => {
  it('counts minor units as the currency does', () => {
    expect(formatMoney({ amount: 123456, currency: 'EUR' }, 'en')).toBe('€1,234.56')
    expect(formatMoney({ amount: 5, currency: 'EUR' }, 'en')).toBe('€0.05')
    expect(formatMoney({ amount: -5, currency: 'EUR' }, 'en')).toBe('-€0.05')
    expect(formatMoney({ amount: 123456, currency: 'JPY' }, 'en')).toBe('¥123,456')
    expect(formatMoney({ amount: 1234567, currency: 'KWD' }, 'en')).toMatch(/^KWD\s1,234\.567$/)
  })

  it('keeps every digit of amounts that a double cannot hold', () => {
    expect(formatMoney({ amount: 9007199254740993n, currency: 'EUR' }, 'en')).toBe('€90,071,992,547,409.93')
  })

  it('writes as the locale does', () => {
    expect(formatMoney({ amount: 123456, currency: 'EUR' }, 'it')).toMatch(/^1\.?234,56\s€$/)
  })
})
