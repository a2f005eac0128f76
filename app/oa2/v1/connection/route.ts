import { requestConnection } from '@/lib/connections/request-connection'
import { RequestConnectionInput } from '@/lib/connections/schema'
import { familyA } from '@/lib/http/machine-endpoint'
import { connectionEntity } from './connection-entity'

export const POST = familyA({
  auth: 'application-token',
  body: RequestConnectionInput,
  handler: async (ctx, body) => ({ status: 201, body: connectionEntity(await requestConnection(ctx, body)) }),
})
