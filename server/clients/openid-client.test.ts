import * as client from 'openid-client'
import { expect, test } from 'vitest'
import { aPublicKey } from '@/lib/oauth/testing/call-oauth'
import { CALLBACK, SCOPE, startAuthorizationServer } from './testing/start-authorization-server'

const server = await startAuthorizationServer()

function discover(
  clientId: string,
  authentication: client.ClientAuth,
  fetcher: client.CustomFetch,
  metadata: Partial<client.ClientMetadata> = {},
): Promise<client.Configuration> {
  return client.discovery(server.issuer, clientId, metadata, authentication, {
    algorithm: 'oauth2',
    [client.customFetch]: fetcher,
  })
}

async function asked(state: string) {
  const verifier = client.randomPKCECodeVerifier()
  const parameters = {
    redirect_uri: CALLBACK,
    scope: SCOPE,
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  return { parameters, checks: { pkceCodeVerifier: verifier, expectedState: state } }
}

test('code and PKCE with a secret: tokens, introspection, refresh, revocation', async () => {
  const { clientId, clientSecret } = await server.register()
  const config = await discover(clientId, client.ClientSecretBasic(clientSecret), server.fetcher())
  const { parameters, checks } = await asked(client.randomState())
  const callback = await server.allow(client.buildAuthorizationUrl(config, parameters))
  expect(callback.searchParams.get('iss')).toBe(server.issuer.origin)
  const tokens = await client.authorizationCodeGrant(config, callback, checks)
  expect(tokens).toMatchObject({ token_type: 'bearer', scope: SCOPE })
  expect(await client.tokenIntrospection(config, tokens.access_token)).toMatchObject({
    active: true,
    client_id: clientId,
    scope: SCOPE,
  })
  const next = await client.refreshTokenGrant(config, tokens.refresh_token as string)
  expect(next.refresh_token).not.toBe(tokens.refresh_token)
  expect((await client.tokenIntrospection(config, tokens.access_token)).active).toBe(false)
  await client.tokenRevocation(config, next.refresh_token as string)
  expect((await client.tokenIntrospection(config, next.access_token)).active).toBe(false)
})

test('client credentials, by a secret in the body', async () => {
  const { clientId, clientSecret } = await server.register()
  const config = await discover(clientId, client.ClientSecretPost(clientSecret), server.fetcher())
  const tokens = await client.clientCredentialsGrant(config)
  expect(tokens.refresh_token).toBeUndefined()
  expect((await client.tokenIntrospection(config, tokens.access_token)).active).toBe(true)
})

test('fapi2: a pushed request, private_key_jwt and DPoP', async () => {
  const application = await server.register('fapi2')
  const key = await aPublicKey(server.db, application)
  const authentication = client.PrivateKeyJwt({ key: key.privateKey, kid: key.kid })
  const config = await discover(application.clientId, authentication, server.fetcher())
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
  const { parameters, checks } = await asked(client.randomState())
  const location = await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })
  expect([...location.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
  const tokens = await client.authorizationCodeGrant(config, await server.allow(location), checks, undefined, { DPoP })
  expect(tokens.token_type).toBe('dpop')
  const known = await client.tokenIntrospection(config, tokens.access_token)
  expect(known).toMatchObject({ active: true, token_type: 'DPoP' })
  expect(known.cnf?.jkt).toBe(await DPoP.calculateThumbprint())
  const next = await client.refreshTokenGrant(config, tokens.refresh_token as string, undefined, { DPoP })
  expect(next.refresh_token ?? tokens.refresh_token).toBe(tokens.refresh_token)
  const stranger = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
  await expect(
    client.refreshTokenGrant(config, tokens.refresh_token as string, undefined, { DPoP: stranger }),
  ).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('fapi2: a certificate as the credential, to which the tokens are bound', async () => {
  const application = await server.register('fapi2')
  const chain = await server.submitChain(application)
  const config = await discover(application.clientId, client.TlsClientAuth(), server.fetcher(chain), {
    use_mtls_endpoint_aliases: true,
  })
  const { parameters, checks } = await asked(client.randomState())
  const location = await client.buildAuthorizationUrlWithPAR(config, parameters)
  const tokens = await client.authorizationCodeGrant(config, await server.allow(location), checks)
  const known = await client.tokenIntrospection(config, tokens.access_token)
  expect(known.cnf?.['x5t#S256']).toBe(Buffer.from(chain.sha256, 'hex').toString('base64url'))
  await client.tokenRevocation(config, tokens.access_token)
  expect((await client.tokenIntrospection(config, tokens.access_token)).active).toBe(false)
})
