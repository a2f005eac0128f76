import { describe, expect, test } from 'vitest'
import { ibanFrom } from '@/lib/core/iban'
import { sha256 } from '@/lib/core/secrets'
import { readAuthorizationRequest } from './read-authorization-request'
import { readQuery } from './read-query'
import type { AuthorizationClient, RequestKind } from './schema'

const CLIENT: AuthorizationClient = {
  applicationId: 'app_1',
  environment: 'sandbox',
  clientId: '0123456789abcdef0123456789abcdef',
  profile: 'standard',
  scopes: ['psd2-ais', 'psd2-pis', 'connect-ais'],
  callbacks: [
    { url: 'https://shop.example/callback', host: 'shop.example' },
    { url: 'http://127.0.0.1/native', host: '127.0.0.1' },
  ],
  suspended: false,
}
const LEGACY: AuthorizationClient = { ...CLIENT, profile: 'legacy' }
const FAPI2: AuthorizationClient = { ...CLIENT, profile: 'fapi2' }
const CHALLENGE = sha256('verifier').toString('base64url')
const NONCE = '5d6f2e0a-4f3c-4b7e-9a55-0c1d2e3f4a5b'

const STANDARD = {
  response_type: 'code',
  client_id: CLIENT.clientId,
  redirect_uri: 'https://shop.example/callback',
  scope: 'psd2-ais psd2-pis',
  state: 'af0ifjsldkj',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
}
const FLOW = {
  response_type: 'code',
  client_id: CLIENT.clientId,
  flowid: 'GetPSD2AuthCode',
  redirect_url: 'https://shop.example:8443/any/path',
  scope: 'psd2-ais psd2-pis',
  state: 'w4Am91fLZMKhDMT',
  nonce: NONCE,
}
const PAYMENT = {
  type: 'payment_initiation',
  instructedAmount: { currency: 'EUR', amount: '123.50' },
  creditorName: 'Merchant A',
  creditorAccount: { iban: ibanFrom('IT', 'X0542811101000000123456') },
}

type Change = Record<string, string | undefined>

function read(client: AuthorizationClient, parameters: Change, kind?: RequestKind) {
  return readAuthorizationRequest(parameters, client, kind ?? ('flowid' in parameters ? 'flow' : 'standard'))
}
const standard = (change: Change = {}, client = CLIENT) => read(client, { ...STANDARD, ...change })
const flow = (change: Change = {}, client = LEGACY) => read(client, { ...FLOW, ...change }, 'flow')

describe('a good request', () => {
  test('of the standard kind keeps what was asked', () => {
    expect(standard()).toEqual({
      outcome: 'good',
      request: {
        kind: 'standard',
        applicationId: 'app_1',
        environment: 'sandbox',
        redirectUri: 'https://shop.example/callback',
        state: 'af0ifjsldkj',
        nonce: null,
        scopes: ['psd2-ais', 'psd2-pis'],
        authorizationDetails: null,
        codeChallenge: CHALLENGE,
        jwkThumbprint: null,
      },
    })
  })

  test('with flowid needs no challenge, and keeps its callback as it was written', () => {
    expect(flow()).toMatchObject({
      outcome: 'good',
      request: { kind: 'flow', nonce: NONCE, codeChallenge: null, redirectUri: 'https://shop.example:8443/any/path' },
    })
    expect(flow({ code_challenge: CHALLENGE, code_challenge_method: 'S256' })).toMatchObject({
      request: { codeChallenge: CHALLENGE },
    })
    expect(flow({ redirect_url: undefined, redirect_uri: 'https://shop.example' }).outcome).toBe('good')
  })

  test('may be pushed by every profile, and must be by fapi2', () => {
    for (const client of [CLIENT, LEGACY, FAPI2]) expect(read(client, STANDARD, 'pushed').outcome).toBe('good')
    expect(standard({}, FAPI2)).toMatchObject({ outcome: 'redirect', error: 'invalid_request' })
  })

  test('of a legacy application without flowid follows the standard rules', () => {
    expect(standard({}, LEGACY).outcome).toBe('good')
    expect(standard({ code_challenge: undefined }, LEGACY)).toMatchObject({ error: 'invalid_request' })
    expect(standard({ redirect_uri: 'https://shop.example/other' }, LEGACY).outcome).toBe('page')
  })

  test('may leave the state out, say how its answer comes, and hold what nobody knows', () => {
    expect(standard({ state: undefined })).toMatchObject({ outcome: 'good', request: { state: null } })
    expect(standard({ response_mode: 'query', prompt: 'consent', ui_locales: 'it' }).outcome).toBe('good')
  })

  test('may be for payments, with or without a scope', () => {
    const authorization_details = JSON.stringify([PAYMENT])
    expect(standard({ authorization_details })).toMatchObject({ request: { authorizationDetails: [PAYMENT] } })
    expect(standard({ authorization_details, scope: undefined })).toMatchObject({ request: { scopes: [] } })
  })
})

describe('nobody is sent to a callback that is not the client’s', () => {
  test.each([
    undefined,
    'https://shop.example/callback/',
    'https://shop.example/Callback',
    'https://shop.example:8443/callback',
    'https://shop.example/callback?x=1',
    'https://evil.example/callback',
    'http://127.0.0.1:8080/other',
    'http://127.0.0.2:8080/native',
    'http://127.0.0.1:8080@evil.example/native',
    'http://127.0.0.1:99999/native', // no port
  ])('standard: %s', (redirect_uri) => {
    expect(standard({ redirect_uri })).toMatchObject({ outcome: 'page', error: 'invalid_request' })
  })

  test.each([
    undefined,
    'http://shop.example/callback',
    'https://evil.example/callback',
    'https://sub.shop.example/callback',
    'https://shop.example.evil.example/',
    'https://shop.example/callback?x=1',
    'https://shop.example/callback?',
    'https://shop.example/callback#x',
    'https://shop.example/callback#',
    'https://user@shop.example/callback',
    'https://shop.example@evil.example/',
    'https://evil.example\\@shop.example/',
    'https://shop.example\\.evil.example/',
    'https://shop.example /callback',
    'https://shop.example/call\r\nback',
    'https://ſhop.example/callback',
    'https://shop%2eexample/callback',
    'https:shop.example/callback',
    'https:///shop.example/callback',
    '//shop.example/callback',
    '/callback',
    'shop.example',
    'javascript:alert(1)//shop.example/',
    `https://shop.example/${'a'.repeat(2000)}`,
  ])('flowid: %s', (redirect_url) => {
    expect(flow({ redirect_url })).toMatchObject({ outcome: 'page', error: 'invalid_request' })
  })

  test('flowid: two names for it at once', () => {
    expect(flow({ redirect_uri: 'https://shop.example/' }).outcome).toBe('page')
  })

  test('and to no callback of a suspended application', () => {
    expect(standard({}, { ...CLIENT, suspended: true }).outcome).toBe('page')
  })

  test.each(['http://127.0.0.1:49152/native', 'http://127.0.0.1/native'])(
    'the port of a loopback address is free: %s',
    (redirect_uri) => {
      expect(standard({ redirect_uri }).outcome).toBe('good')
      expect(flow({ redirect_url: redirect_uri }).outcome).toBe('good')
    },
  )
})

const LONG = 'x'.repeat(2001)

test.each<[string, Change, string, string]>([
  ['without response_type', { response_type: undefined }, 'invalid_request', 'response_type is missing'],
  ['with response_type token', { response_type: 'token' }, 'unsupported_response_type', 'response_type is not code'],
  ['with a fragment for its answer', { response_mode: 'fragment' }, 'invalid_request', 'response_mode'],
  ['with prompt none', { prompt: 'none' }, 'interaction_required', 'prompt is none'],
  ['with prompt login', { prompt: 'login' }, 'invalid_request', 'prompt is not supported'],
  ['with a request object', { request: 'eyJhbGciOiJub25lIn0' }, 'request_not_supported', 'request objects'],
  ['with an address of one', { request_uri: 'https://shop.example/r' }, 'request_uri_not_supported', 'request_uri'],
  ['without a challenge', { code_challenge: undefined }, 'invalid_request', 'code_challenge is missing'],
  ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request', 'is not S256'],
  ['without a method, which means plain', { code_challenge_method: undefined }, 'invalid_request', 'is not S256'],
  ['with a short challenge', { code_challenge: 'abc' }, 'invalid_request', 'code_challenge is not a SHA-256'],
  ['with a wrong thumbprint', { dpop_jkt: 'abc' }, 'invalid_request', 'dpop_jkt'],
  ['without a scope', { scope: undefined }, 'invalid_scope', 'scope is missing'],
  ['with an unknown scope', { scope: 'openid' }, 'invalid_scope', 'not one that there is'],
  ['with no grammar in its scope', { scope: 'psd2-ais  psd2-pis' }, 'invalid_scope', 'not a list of tokens'],
  ['with mixed scopes', { scope: 'psd2-ais connect-ais' }, 'invalid_scope', 'mixed'],
  ['with a scope not subscribed', { scope: 'connect-pis' }, 'invalid_scope', 'no subscription to connect-pis'],
  ['with details that are no JSON', { authorization_details: '{' }, 'invalid_authorization_details', 'payment'],
  ['with details of no type', { authorization_details: '[{}]' }, 'invalid_authorization_details', 'at 0.type'],
  [
    'with details of more than there is',
    { authorization_details: JSON.stringify([{ ...PAYMENT, debtor: 'x' }]) },
    'invalid_authorization_details',
    'authorization_details at 0',
  ],
])('a standard request %s goes back with its error and state', (_, change, error, detail) => {
  expect(standard(change)).toMatchObject({
    outcome: 'redirect',
    error,
    detail: expect.stringContaining(detail),
    callback: { redirectUri: 'https://shop.example/callback', state: 'af0ifjsldkj', flowid: null },
  })
})

test.each<[string, Change, string, string]>([
  ['of another flow', { flowid: 'Other' }, 'invalid_request', 'flowid'],
  ['without state', { state: undefined }, 'invalid_request', 'state is missing'],
  ['without nonce', { nonce: undefined }, 'invalid_request', 'nonce is missing'],
  ['with a nonce of version 1', { nonce: '5d6f2e0a-4f3c-1b7e-9a55-0c1d2e3f4a5b' }, 'invalid_request', 'nonce'],
  ['with a nonce that is none', { nonce: 'abc' }, 'invalid_request', 'nonce'],
  ['with a plain challenge', { code_challenge: CHALLENGE, code_challenge_method: 'plain' }, 'invalid_request', 'S256'],
  ['with a method alone', { code_challenge_method: 'S256' }, 'invalid_request', 'code_challenge is missing'],
  ['without a scope', { scope: undefined }, 'invalid_scope', 'scope is missing'],
  ['with mixed scopes', { scope: 'psd2-ais connect-ais' }, 'invalid_scope', 'mixed'],
  ['with details', { authorization_details: JSON.stringify([PAYMENT]) }, 'invalid_authorization_details', 'flowid'],
  ['without response_type', { response_type: undefined }, 'invalid_request', 'response_type'],
])('a flowid request %s goes back with error, state and flowid', (_, change, error, detail) => {
  expect(flow(change)).toMatchObject({
    outcome: 'redirect',
    error,
    detail: expect.stringContaining(detail),
    callback: {
      redirectUri: FLOW.redirect_url,
      state: 'state' in change ? null : FLOW.state,
      flowid: change.flowid ?? 'GetPSD2AuthCode',
    },
  })
})

test.each([CLIENT, FAPI2])('flowid is not for the profile of %o', (client) => {
  for (const redirect_url of ['https://shop.example/callback', 'http://127.0.0.1:8080/native']) {
    expect(flow({ redirect_url }, client)).toMatchObject({
      outcome: 'redirect',
      error: 'unauthorized_client',
      callback: { redirectUri: redirect_url, state: FLOW.state, flowid: 'GetPSD2AuthCode' },
    })
  }
  // The host alone sends nobody anywhere but for the profile that has the rule.
  for (const redirect_url of [FLOW.redirect_url, 'https://shop.example/callback/', 'https://shop.example/']) {
    expect(flow({ redirect_url }, client)).toMatchObject({ outcome: 'page', detail: 'the callback is not registered' })
  }
})

test.each([LONG, 'café', 'a\u0000b'])('a state that is none does not come back: %j', (state) => {
  expect(standard({ state })).toMatchObject({
    outcome: 'redirect',
    error: 'invalid_request',
    callback: { state: null },
  })
})

test('a pushed request names no other one, and no flow', () => {
  expect(read(CLIENT, { ...STANDARD, request_uri: 'urn:x' }, 'pushed')).toMatchObject({ error: 'invalid_request' })
  expect(read(LEGACY, { ...STANDARD, flowid: 'GetPSD2AuthCode' }, 'pushed')).toMatchObject({ error: 'invalid_request' })
})

test('payments need a subscription to a payment scope', () => {
  const authorization_details = JSON.stringify([PAYMENT])
  expect(standard({ authorization_details, scope: 'psd2-ais' }, { ...CLIENT, scopes: ['psd2-ais'] })).toMatchObject({
    error: 'invalid_authorization_details',
  })
})

describe('a query', () => {
  const encoded = new URLSearchParams(STANDARD).toString()
  const readText = (query: string) => {
    const text = readQuery(query)
    return text && readAuthorizationRequest(text.parameters, CLIENT, 'standard', text.faults)
  }

  test('is form-encoded, and what is empty is not there', () => {
    expect(readText(`${encoded}&prompt=&max_age`)?.outcome).toBe('good')
    expect(readQuery('scope=a+b%20c')?.parameters.scope).toBe('a b c')
  })

  test.each(Object.keys(STANDARD).filter((name) => name !== 'redirect_uri'))(
    '%s twice goes back as invalid_request, without a state that came twice',
    (name) => {
      expect(readText(`${encoded}&${name}=x`)).toMatchObject({
        outcome: 'redirect',
        error: 'invalid_request',
        detail: `${name} is there more than once`,
        callback: { state: name === 'state' ? null : STANDARD.state },
      })
    },
  )

  test('with two callbacks goes nowhere', () => {
    expect(readText(`${encoded}&redirect_uri=https%3A%2F%2Fshop.example%2Fcallback`)?.outcome).toBe('page')
    expect(readText(`${encoded}&redirect_uri=`)?.outcome).toBe('page')
  })

  test.each(['unknown=a%0d%0ab', 'unknown=%00', 'unknown=%ff', 'unknown=%', 'unknown=%E2%28%A1'])(
    'with %s goes back as invalid_request',
    (pair) => {
      expect(readText(`${encoded}&${pair}`)).toMatchObject({ outcome: 'redirect', error: 'invalid_request' })
    },
  )

  test.each([
    `${encoded}&a%0d%0ab=1`,
    `${encoded}&%ff=1`,
    `${encoded}&=1`,
    `${encoded}&x=${'y'.repeat(9000)}`,
    `${encoded}&${Array.from({ length: 60 }, (_, n) => `p${n}=1`).join('&')}`,
  ])('that nobody can read is none', (query) => {
    expect(readQuery(query)).toBeNull()
  })
})
