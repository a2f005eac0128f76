import type { Request } from 'express'
import OAuth2Strategy from 'passport-oauth2'
import { expect, test } from 'vitest'
import { CALLBACK, SCOPE, startAuthorizationServer } from './testing/start-authorization-server'

const server = await startAuthorizationServer()

type Tokens = { accessToken: string; refreshToken: string; scope: string }
type Outcome = { redirect: string } | { user: Tokens } | { failed: unknown }

/** One request through the strategy, as passport would run it. */
function run(strategy: OAuth2Strategy, session: object, query: Record<string, string>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const running = Object.assign(Object.create(strategy) as OAuth2Strategy, {
      redirect: (redirect: string) => resolve({ redirect }),
      success: (user: Tokens) => resolve({ user }),
      fail: (failed: unknown) => resolve({ failed }),
      error: reject,
    })
    running.authenticate({ session, query } as unknown as Request)
  })
}

test('signing in: code, state and PKCE', async () => {
  const { clientId, clientSecret } = await server.register()
  const strategy = new OAuth2Strategy(
    {
      authorizationURL: `${server.issuer.origin}/oauth2/authorize`,
      tokenURL: `${server.issuer.origin}/oauth2/token`,
      clientID: clientId,
      clientSecret,
      callbackURL: CALLBACK,
      scope: SCOPE,
      state: true,
      pkce: true,
    },
    (accessToken: string, refreshToken: string, answer: { scope: string }, _profile: object, done: VerifyDone) =>
      done(null, { accessToken, refreshToken, scope: answer.scope }),
  )
  ;(strategy as unknown as { _oauth2: { setAgent(agent: unknown): void } })._oauth2.setAgent(server.agent)
  const session = {}
  const away = await run(strategy, session, {})
  if (!('redirect' in away)) throw new Error('not sent to the authorization endpoint')
  const answer = await server.allow(away.redirect)
  const back = await run(strategy, session, Object.fromEntries(answer.searchParams))
  expect(back).toMatchObject({ user: { scope: SCOPE, accessToken: expect.stringMatching(/./) } })
})

type VerifyDone = (error: Error | null, user: Tokens) => void
