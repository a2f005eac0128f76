import { oauthEndpoint } from '@/lib/http/oauth-endpoint'
import { acceptPushedRequest } from '@/lib/oauth/authorization/accept-pushed-request'
import { OAUTH_ENDPOINTS } from '@/lib/oauth/endpoints'

export const POST = oauthEndpoint({
  path: OAUTH_ENDPOINTS.par.path,
  accepts: 'form',
  handler: async ({ ctx, caller, parameters, request }) => {
    const proof = request.headers.get('dpop')
    const pushed = await acceptPushedRequest(ctx, { caller, parameters, proof, url: request.url })
    return { status: 201, body: { request_uri: pushed.requestUri, expires_in: pushed.expiresInSeconds } }
  },
})
