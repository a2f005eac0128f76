import { notFound } from '@/lib/core/errors'
import { getDispositionForImporter } from '@/lib/dispositions/get-disposition-for-importer'
import { DispositionRef } from '@/lib/dispositions/schema'
import { route } from '@/lib/http/route'

/** What the wallet's approval screen polls: whether there is still something to decide. Not activity of the person. */
export const GET = route(
  async (ctx, { dispositionId }) => {
    const ref = DispositionRef.safeParse({ id: dispositionId })
    if (!ref.success) throw notFound('not an id of a disposition')
    const { status } = await getDispositionForImporter(ctx, ref.data)
    return { status }
  },
  { area: 'wallet', activity: false },
)
