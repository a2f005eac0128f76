import { showConnectionCode } from '@/lib/connections/show-connection-code'
import { route } from '@/lib/http/route'

// A POST, because it can be done once.
export const POST = route(
  async (ctx, { dispositionId = '' }) => {
    const { connectionCode } = await showConnectionCode(ctx, { id: dispositionId })
    return { connection_code: connectionCode }
  },
  { area: 'portal', activity: false },
)
