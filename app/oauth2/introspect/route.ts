import { oauthEndpoint } from '@/lib/http/oauth-endpoint'
import { OAUTH_ENDPOINTS } from '@/lib/oauth/endpoints'
import { introspectToken, lookUpToken } from '@/lib/oauth/introspection/introspect-token'
import { SIGNED_INTROSPECTION, signIntrospection } from '@/lib/oauth/introspection/sign-introspection'

export const POST = oauthEndpoint({
  path: OAUTH_ENDPOINTS.introspect.path,
  accepts: 'form',
  early: lookUpToken,
  handler: async ({ ctx, caller, parameters, request, early }) => {
    const body = introspectToken(ctx, { caller, parameters, token: await early })
    if (!request.headers.get('accept')?.includes(SIGNED_INTROSPECTION)) return { status: 200, body }
    const signed = await signIntrospection(ctx, caller, body)
    return { status: 200, body: signed, headers: { 'Content-Type': SIGNED_INTROSPECTION } }
  },
})
