import { bearerOf, familyA } from '@/lib/http/machine-endpoint'
import { deleteToken } from '@/lib/oauth/delete-token'
import { issueToken } from '@/lib/oauth/issue-token'
import { refreshToken } from '@/lib/oauth/refresh-token'
import { ApplicationTokenRequest, RefreshRequest } from '@/lib/oauth/schema'

export const POST = familyA({
  auth: 'none',
  body: ApplicationTokenRequest,
  handler: async (ctx, body) => ({
    status: 200,
    body: await issueToken(ctx, { clientId: body.client_id, clientSecret: body.client_secret, code: null }),
  }),
})

export const PUT = familyA({
  auth: 'none',
  body: RefreshRequest,
  handler: async (ctx, body, _params, request) => ({
    status: 200,
    body: await refreshToken(ctx, {
      kind: 'application',
      clientId: body.client_id,
      clientSecret: body.client_secret,
      refreshToken: body.refresh_token,
      accessToken: bearerOf(request),
    }),
  }),
})

export const DELETE = familyA({
  auth: 'application-token',
  handler: async (ctx) => {
    await deleteToken(ctx)
    return { status: 204 }
  },
})
