import { expect, test } from 'vitest'
import { describeEvent, KINDS, WORDS } from './describe-event'

test('whatever can be read of an application can be narrowed to, and nothing else', () => {
  const nouns = new Set(Object.keys(WORDS).map((action) => action.split('.', 1)[0]))
  expect([...nouns].toSorted()).toEqual(Object.keys(KINDS).toSorted())
})

test('an action without words of its own is read as it is written', () => {
  expect(describeEvent('secret.made')).toBe('Secret made')
  expect(describeEvent('four-eyes.turned-round')).toBe('Four eyes turned round')
})
