import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2'
import { expect, test } from 'vitest'
import { CALLBACK, SCOPE, startAuthorizationServer } from './testing/start-authorization-server'

const server = await startAuthorizationServer()

function configOf({ clientId, clientSecret }: { clientId: string; clientSecret: string }) {
  return {
    client: { id: clientId, secret: clientSecret },
    auth: {
      tokenHost: server.issuer.origin,
      tokenPath: '/oauth2/token',
      revokePath: '/oauth2/revoke',
    },
    http: { agent: server.agent },
  }
}

test('code and PKCE, refresh, revocation', async () => {
  const config = configOf(await server.register())
  const client = new AuthorizationCode({ ...config, auth: { ...config.auth, authorizePath: '/oauth2/authorize' } })
  const verifier = randomBytes(32).toString('base64url')
  // Its types know of no PKCE; it passes on what it is given.
  const pkce = {
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }
  const location = client.authorizeURL({ redirect_uri: CALLBACK, scope: SCOPE, state: 'state', ...pkce })
  const answer = await server.allow(location)
  const code = answer.searchParams.get('code') as string
  const proof = { code_verifier: verifier }
  const first = await client.getToken({ code, redirect_uri: CALLBACK, ...proof })
  expect(first.token).toMatchObject({ token_type: 'Bearer', scope: SCOPE })
  const next = await first.refresh()
  expect(next.token.access_token).not.toBe(first.token.access_token)
  await next.revokeAll()
  await expect(next.refresh()).rejects.toThrow('400')
})

test('with flowid, as a client of the interface before: no PKCE, a nonce, any path of the host', async () => {
  const config = configOf(await server.register('legacy'))
  const client = new AuthorizationCode({ ...config, auth: { ...config.auth, authorizePath: '/oauth2/authorize' } })
  const callback = 'https://client.example:8443/any/path'
  const flow = { flowid: 'GetPSD2AuthCode', nonce: randomUUID() }
  const location = client.authorizeURL({ redirect_uri: callback, scope: SCOPE, state: 'w4Am91fLZMKhDMT', ...flow })
  const answer = await server.allow(location)
  expect(`${answer.origin}${answer.pathname}`).toBe(callback)
  expect(Object.fromEntries(answer.searchParams)).toEqual({
    code: expect.any(String),
    state: 'w4Am91fLZMKhDMT',
    flowid: 'GetPSD2AuthCode',
  })
  const token = { code: answer.searchParams.get('code') as string, redirect_uri: callback }
  const first = await client.getToken(token)
  expect(first.token).toMatchObject({ token_type: 'Bearer', scope: SCOPE })
  expect((await first.refresh()).token.access_token).not.toBe(first.token.access_token)
  await expect(client.getToken(token)).rejects.toThrow('400')
  const again = await server.allow(location)
  expect(again.searchParams.get('error')).toBe('invalid_request')
})

test('client credentials', async () => {
  const client = new ClientCredentials(configOf(await server.register()))
  const { token } = await client.getToken({})
  expect(token).toMatchObject({ token_type: 'Bearer', scope: 'app' })
})
