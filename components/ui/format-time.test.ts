import { describe, expect, it } from 'vitest'
import { formatExact, formatRelative, formatRemaining } from './format-time'

const NOW = new Date('2026-03-10T12:00:00Z')

function at(secondsFromNow: number) {
  return new Date(NOW.getTime() + secondsFromNow * 1000)
}

describe('formatRelative', () => {
  it('says how far, in the largest whole unit', () => {
    expect(formatRelative(at(-10), NOW, 'en')).toBe('now')
    expect(formatRelative(at(-50), NOW, 'en')).toBe('1 minute ago')
    expect(formatRelative(at(-4 * 60 - 59), NOW, 'en')).toBe('4 minutes ago')
    expect(formatRelative(at(-26 * 3600), NOW, 'en')).toBe('yesterday')
    expect(formatRelative(at(3 * 86400), NOW, 'en')).toBe('in 3 days')
    expect(formatRelative(at(7 * 86400 - 5), NOW, 'en')).toBe('next week')
    expect(formatRelative(at(3 * 86400 - 5), NOW, 'en')).toBe('in 3 days')
    expect(formatRelative(at(30), NOW, 'en')).toBe('now')
    expect(formatRelative(at(-800 * 86400), NOW, 'en')).toBe('2 years ago')
  })

  it('speaks the locale', () => {
    expect(formatRelative(at(-120), NOW, 'it')).toBe('2 minuti fa')
  })
})

describe('formatExact', () => {
  it('names the zone it is told in', () => {
    expect(formatExact(NOW, 'UTC', 'en')).toMatch(/^Mar 10, 2026, 12:00:00\sUTC$/)
    expect(formatExact(NOW, 'Europe/Rome', 'it')).toContain('13:00:00')
  })
})

describe('formatRemaining', () => {
  it('counts minutes first and seconds at the end', () => {
    expect(formatRemaining(299_000, 'en')).toBe('5 minutes')
    expect(formatRemaining(61_000, 'en')).toBe('2 minutes')
    expect(formatRemaining(60_000, 'en')).toBe('60 seconds')
    expect(formatRemaining(1_000, 'it')).toBe('1 secondo')
  })

  it('is never negative', () => {
    expect(formatRemaining(-5_000, 'en')).toBe('0 seconds')
  })
})
