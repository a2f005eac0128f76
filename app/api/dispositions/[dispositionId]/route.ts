import { getDispositionForInitiator } from '@/lib/dispositions/get-disposition-for-initiator'
import { polledDisposition } from '@/lib/dispositions/polled-disposition'
import { route } from '@/lib/http/route'

// Polling is not activity: a page left open does not keep its person signed in.
export const GET = route(
  async (ctx, { dispositionId = '' }) =>
    polledDisposition(await getDispositionForInitiator(ctx, { id: dispositionId }), ctx.now),
  { area: 'portal', activity: false },
)
