import { expect, test } from 'vitest'
import { EnvironmentError, parseEnvironment } from './env'

function problemsOf(variables: Record<string, string>): string[] {
  try {
    parseEnvironment(variables)
    return []
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems
    throw error
  }
}

test('every problem is in the list, each under its variable, and no value is repeated', () => {
  const problems = problemsOf({ PORT: 'many', SMS_WEBHOOK_URL: 'http://sms.example/key-of-ours', LOG_LEVEL: 'loud' })
  expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual(['LOG_LEVEL', 'PORT', 'SMS_WEBHOOK_URL'])
  expect(problems.join()).not.toContain('key-of-ours')
})

test('an https address for text messages is taken, and an empty value counts as none', () => {
  expect(problemsOf({ SMS_WEBHOOK_URL: 'https://sms.example/send' })).toEqual([])
  expect(problemsOf({ SMS_WEBHOOK_URL: '' })).toEqual([])
})
