import { expect, test } from 'vitest'
import { describeUsage, readArguments } from './cli-arguments'
import { COMMANDS } from './cli-commands'

const create = ['application', 'create', '--owner', 'a@b.test', '--name', 'x']

test.each([
  [[], 'Say what to do'],
  [['applikation', 'create'], 'There is no command'],
  [['application'], 'There is no command'],
  [['application', 'create', '--name', 'x'], '--owner EMAIL is missing'],
  [['application', 'create', '--owner', '', '--name', 'x'], '--owner is empty'],
  [[...create, '--profile', 'open'], '--profile is one of'],
  [[...create, '--environment', 'moon'], '--environment is one of'],
  [[...create, '--profile'], 'argument missing'],
  [['secret', 'revoke'], 'ID is missing'],
  [['secret', 'revoke', 'a', 'b'], 'b is one too many'],
  [['demo', '--loud'], 'Unknown option'],
])('%j is not understood, and the reason says why', (args, reason) => {
  expect(() => readArguments(COMMANDS, args)).toThrow(reason)
})

test('options that may come again keep every value', () => {
  const read = readArguments(COMMANDS, [
    ...create,
    '--callback',
    'https://a.test',
    '--callback',
    'https://b.test',
    '--json',
  ])
  expect(read?.given.lists.callback).toEqual(['https://a.test', 'https://b.test'])
  expect(read?.json).toBe(true)
})

test('--help anywhere asks for help, which names every command', () => {
  expect(readArguments(COMMANDS, ['secret', 'revoke', '--help'])).toBeNull()
  for (const { name } of COMMANDS) expect(describeUsage(COMMANDS)).toContain(name)
})
