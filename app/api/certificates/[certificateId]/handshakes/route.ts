import { listHandshakes } from '@/lib/certificates/list-handshakes'
import { route } from '@/lib/http/route'
import { polledHandshakes } from './polled-handshakes'

// Polling is not activity: a page left open does not keep its person signed in.
export const GET = route(
  async (ctx, { certificateId = '' }) => polledHandshakes(await listHandshakes(ctx, { certificateId }), ctx.now),
  { area: 'portal', activity: false },
)
