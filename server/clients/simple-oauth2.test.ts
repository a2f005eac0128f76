import { createHash, randomBytes } from 'node:crypto'
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

test('client credentials', async () => {
  const client = new ClientCredentials(configOf(await server.register()))
  const { token } = await client.getToken({})
  expect(token).toMatchObject({ token_type: 'Bearer', scope: 'app' })
})
