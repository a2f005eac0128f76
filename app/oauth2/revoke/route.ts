import { oauthEndpoint } from '@/lib/http/oauth-endpoint'
import { OAUTH_ENDPOINTS } from '@/lib/oauth/endpoints'
import { lookUpToken } from '@/lib/oauth/introspection/introspect-token'
import { revokeToken } from '@/lib/oauth/introspection/revoke-token'

export const POST = oauthEndpoint({
  path: OAUTH_ENDPOINTS.revoke.path,
  accepts: 'form',
  early: lookUpToken,
  handler: async ({ ctx, caller, parameters, early }) => {
    await revokeToken(ctx, { caller, parameters, token: await early })
    // RFC 7009 §2.2: what it holds is ignored. Clients that read every answer as JSON find some.
    return { status: 200, body: {} }
  },
})
