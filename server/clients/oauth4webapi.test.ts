import * as oauth from 'oauth4webapi'
import { expect, test } from 'vitest'
import { aPublicKey } from '@/lib/oauth/testing/call-oauth'
import { CALLBACK, SCOPE, startAuthorizationServer } from './testing/start-authorization-server'

const server = await startAuthorizationServer()
const options = { [oauth.customFetch]: server.fetcher() }

async function discover(): Promise<oauth.AuthorizationServer> {
  const response = await oauth.discoveryRequest(server.issuer, { algorithm: 'oauth2', ...options })
  return oauth.processDiscoveryResponse(server.issuer, response)
}

test('what the metadata tells is what there is', async () => {
  const as = await discover()
  expect(as).toMatchObject({
    issuer: server.issuer.origin,
    code_challenge_methods_supported: ['S256'],
    response_types_supported: ['code'],
    authorization_response_iss_parameter_supported: true,
    tls_client_certificate_bound_access_tokens: true,
  })
  expect(as.mtls_endpoint_aliases?.token_endpoint).toBe(`${server.api.origin}/oauth2/token`)
})

test('a pushed request, private_key_jwt, PKCE and DPoP; then refresh, introspection, revocation', async () => {
  const application = await server.register()
  const key = await aPublicKey(server.db, application, 'PS256')
  const as = await discover()
  const client: oauth.Client = { client_id: application.clientId }
  const authentication = oauth.PrivateKeyJwt({ key: key.privateKey, kid: key.kid })
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const parameters = {
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: SCOPE,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  const pushed = await oauth.processPushedAuthorizationResponse(
    as,
    client,
    await oauth.pushedAuthorizationRequest(as, client, authentication, parameters, { DPoP, ...options }),
  )
  const location = new URL(as.authorization_endpoint as string)
  location.searchParams.set('client_id', client.client_id)
  location.searchParams.set('request_uri', pushed.request_uri)

  const answer = oauth.validateAuthResponse(as, client, await server.allow(location), state)
  const tokens = await oauth.processAuthorizationCodeResponse(
    as,
    client,
    await oauth.authorizationCodeGrantRequest(as, client, authentication, answer, CALLBACK, verifier, {
      DPoP,
      ...options,
    }),
  )
  expect(tokens.token_type).toBe('dpop')
  const next = await oauth.processRefreshTokenResponse(
    as,
    client,
    await oauth.refreshTokenGrantRequest(as, client, authentication, tokens.refresh_token as string, {
      DPoP,
      ...options,
    }),
  )
  const introspect = async (token: string) =>
    oauth.processIntrospectionResponse(
      as,
      client,
      await oauth.introspectionRequest(as, client, authentication, token, options),
    )
  expect((await introspect(tokens.access_token)).active).toBe(false)
  expect(await introspect(next.access_token)).toMatchObject({ active: true, scope: SCOPE })
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, client, authentication, next.access_token, options),
  )
  expect((await introspect(next.access_token)).active).toBe(false)
})

test('client credentials with a certificate as the credential', async () => {
  const application = await server.register()
  const chain = await server.submitChain(application)
  const as = await discover()
  const client: oauth.Client = { client_id: application.clientId, use_mtls_endpoint_aliases: true }
  const response = await oauth.clientCredentialsGrantRequest(
    as,
    client,
    oauth.TlsClientAuth(),
    {},
    {
      [oauth.customFetch]: server.fetcher(chain),
    },
  )
  const tokens = await oauth.processClientCredentialsResponse(as, client, response)
  expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'app' })
})

test('a refusal is read as one', async () => {
  const { clientId } = await server.register()
  const as = await discover()
  const client: oauth.Client = { client_id: clientId }
  const authentication = oauth.ClientSecretBasic('not the secret')
  const response = await oauth.clientCredentialsGrantRequest(as, client, authentication, {}, options)
  await expect(oauth.processClientCredentialsResponse(as, client, response)).rejects.toMatchObject({
    code: oauth.WWW_AUTHENTICATE_CHALLENGE,
    status: 401,
  })
})
