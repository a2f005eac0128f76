import { familyA } from '@/lib/http/machine-endpoint'
import { issueToken } from '@/lib/oauth/issue-token'
import { ApplicationTokenRequest } from '@/lib/oauth/schema'
import { deleteEndpoint, refreshEndpoint } from '../../token-endpoint'

export const POST = familyA({
  auth: 'none',
  body: ApplicationTokenRequest,
  handler: async (ctx, body) => ({
    status: 200,
    body: await issueToken(ctx, { clientId: body.client_id, clientSecret: body.client_secret, code: null }),
  }),
})

export const PUT = refreshEndpoint('application')
export const DELETE = deleteEndpoint('application')
