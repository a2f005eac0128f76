import { familyA } from '@/lib/http/machine-endpoint'
import { issueToken } from '@/lib/oauth/issue-token'
import { ConnectionTokenRequest } from '@/lib/oauth/schema'
import { deleteEndpoint, refreshEndpoint } from '../../token-endpoint'

export const POST = familyA({
  auth: 'none',
  body: ConnectionTokenRequest,
  handler: async (ctx, body) => ({
    status: 200,
    body: await issueToken(ctx, { clientId: body.client_id, clientSecret: body.client_secret, code: body.code }),
  }),
})

export const PUT = refreshEndpoint('connection')
export const DELETE = deleteEndpoint('connection')
