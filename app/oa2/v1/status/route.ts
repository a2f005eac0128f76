import { familyA } from '@/lib/http/machine-endpoint'

export const GET = familyA({
  auth: 'application-token',
  handler: async () => ({ status: 200, body: { status: 'UP' } }),
})
