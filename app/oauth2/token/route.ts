import { oauthEndpoint } from '@/lib/http/oauth-endpoint'
import { OAUTH_ENDPOINTS } from '@/lib/oauth/endpoints'
import { answerTokenRequest } from '@/lib/oauth/tokens/answer-token-request'

export const POST = oauthEndpoint({
  path: OAUTH_ENDPOINTS.token.path,
  accepts: 'form-or-json',
  handler: async ({ ctx, caller, parameters, request }) => ({
    status: 200,
    body: await answerTokenRequest(ctx, {
      caller,
      parameters,
      proof: request.headers.get('dpop'),
      url: request.url,
    }),
  }),
})
