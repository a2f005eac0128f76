import { expect, test } from 'vitest'
import { readDate } from './read-date'

test.each([
  ['2026-11-24', '2026-11-24T00:00:00.000Z'],
  ['2026-11-24T12:30', '2026-11-24T12:30:00.000Z'],
  ['2026-11-24T12:30:15Z', '2026-11-24T12:30:15.000Z'],
  ['2026-11-24T12:30+02:00', '2026-11-24T10:30:00.000Z'],
])('%s is %s', (text, moment) => expect(readDate('--start', text).toISOString()).toBe(moment))

test.each(['tomorrow', '2026-02-30', '1780000000', '24.11.2026', ''])(
  '“%s” is none, and the option is named',
  (text) => {
    expect(() => readDate('certificate submit: --replace-at', text)).toThrow(
      /^certificate submit: --replace-at .* is not a date/,
    )
  },
)
