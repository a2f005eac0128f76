import { describe, expect, test } from 'vitest'
import { isPlainLine, isPlainText } from './plain-line'

describe('isPlainLine', () => {
  test.each([
    'Shop',
    'Łukasiewicz & Fils — “Größe” no. 7',
    'مطعم السلام',
    'בנק הפועלים',
    '山田商店',
    'می‌خواهم', // Persian needs the non-joiner
    'क्‍ष', // and Devanagari the joiner
    'Family 👨‍👩‍👧 ❤️ Shop',
    'é́', // marks that combine are seen
  ])('takes %s', (name) => {
    expect(isPlainLine(name)).toBe(true)
  })

  test.each([
    ['a line break', 'Shop\nBcc: x'],
    ['a line separator', 'Shop\u2028x'],
    ['a NUL', 'Shop\u0000'],
    ['embeddings and overrides', '\u202Egnp.exe'],
    ['the last of them', 'a\u202A\u202C'],
    ['isolates', 'a\u2066b\u2069'],
    ['direction marks', 'a\u200Eb'],
    ['the Arabic mark', 'a\u061Cb'],
    ['a zero-width space', 'Pay\u200BPal'],
    ['a byte order mark', 'Pay\uFEFFPal'],
    ['a word joiner', 'Pay\u2060Pal'],
    ['a soft hyphen', 'Pay\u00ADPal'],
    ['a joiner between Latin letters', 'Pay\u200DPal'],
    ['a non-joiner at the start', '\u200CShop'],
    ['a Hangul filler', '\u3164'],
    ['a tag', 'a\u{E0041}'],
    ['a selector without an emoji', 'Pay\uFE0FPal'],
    ['an empty braille pattern', '\u2800'],
    ['half a surrogate pair', 'a\uD83D'],
  ])('refuses %s', (_, name) => {
    expect(isPlainLine(name)).toBe(false)
  })
})

test('isPlainText takes line breaks and tabs, and refuses the rest all the same', () => {
  expect(isPlainText('One\r\n\tTwo')).toBe(true)
  expect(isPlainText('One\u202ETwo')).toBe(false)
  expect(isPlainText('One\u0000')).toBe(false)
})
