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

test('what one variable demands of another is told with the rest', () => {
  const problems = problemsOf({
    DATABASE_URL: 'postgres://x/y',
    TLS_CERT_FILE: 'a',
    DEMO: 'yes',
    RP_ID: 'other.example',
    PUBLIC_URL: 'https://a.example',
  })
  expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
    'DEMO',
    'RP_ID',
    'SECRET_KEY',
    'TLS_KEY_FILE',
  ])
})

test('a public address is an origin', () => {
  expect(problemsOf({ PUBLIC_URL: 'https://bank.example' })).toEqual([])
  for (const address of [
    'https://bank.example/portal',
    'https://bank.example/?a=1',
    'https://u@bank.example',
    'ftp://bank.example',
  ]) {
    expect(problemsOf({ PUBLIC_URL: address })).toHaveLength(1)
  }
})

test('both hosts are told apart by host or port, and the secret of a proxy is not to be guessed', () => {
  const problems = (variables: Record<string, string>) => problemsOf(variables).map((problem) => problem.split(':')[0])
  expect(problems({ PUBLIC_URL: 'https://bank.example', API_URL: 'https://bank.example' })).toEqual(['API_URL'])
  expect(problems({ PUBLIC_URL: 'https://bank.example', API_URL: 'http://BANK.example' })).toEqual(['API_URL'])
  expect(problems({ PUBLIC_URL: 'http://localhost:3444' })).toEqual(['API_URL'])
  expect(problems({ PUBLIC_URL: 'https://bank.example', API_URL: 'https://bank.example:8443' })).toEqual([])
  expect(problems({ TRUSTED_PROXY_SECRET: 'fifteen letters', PORT: 'x' })).toEqual(['PORT', 'TRUSTED_PROXY_SECRET'])
})

test('an https address for text messages is taken, and an empty value counts as none', () => {
  expect(problemsOf({ SMS_WEBHOOK_URL: 'https://sms.example/send' })).toEqual([])
  expect(problemsOf({ SMS_WEBHOOK_URL: '' })).toEqual([])
})

test('what listens needs a server certificate outside demo mode, unless a proxy does TLS, and ports of its own', () => {
  const production = { DATABASE_URL: 'postgres://x/y', SECRET_KEY: Buffer.alloc(32).toString('base64') }
  const names = (variables: Record<string, string>) => {
    try {
      parseEnvironment(variables, 'server')
      return []
    } catch (error) {
      return (error as EnvironmentError).problems.map((problem) => problem.split(':')[0])
    }
  }
  expect(names(production)).toEqual(['TLS_CERT_FILE'])
  expect(problemsOf(production)).toEqual([])
  expect(names({ ...production, TRUSTED_PROXY_SECRET: 'sixteen letters.' })).toEqual([])
  expect(names({ ...production, TLS_CERT_FILE: 'a', TLS_KEY_FILE: 'b' })).toEqual([])
  expect(names({})).toEqual([])
  expect(names({ PORT: '4000', TLS_PORT: '4000', MTLS_PORT: '3000' })).toEqual(['TLS_PORT'])
  expect(names({ TLS_PORT: '0', MTLS_PORT: '0' })).toEqual([])
})
