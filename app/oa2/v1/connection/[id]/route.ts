import { cancelConnection } from '@/lib/connections/cancel-connection'
import { getConnection } from '@/lib/connections/get-connection'
import { invalid } from '@/lib/core/errors'
import { familyA } from '@/lib/http/machine-endpoint'
import type { MachineRequest } from '@/lib/http/machine-message'
import { connectionEntity } from '../connection-entity'

export const GET = familyA({
  auth: 'application-token',
  handler: async (ctx, _body, { id = '' }, request) => ({
    status: 200,
    body: connectionEntity(await getConnection(ctx, { id, result: resultOf(request) })),
  }),
})

/** Seed 004 reads the status with PUT; contract.md allows both. */
export const PUT = GET

export const DELETE = familyA({
  auth: 'application-token',
  handler: async (ctx, _body, { id = '' }) => {
    await cancelConnection(ctx, { id })
    return { status: 204 }
  },
})

function resultOf(request: MachineRequest): string | null {
  const results = new URL(request.url).searchParams.getAll('result')
  if (results.length > 1) throw invalid('result', 'repeated-member', '"result" is there more than once.')
  return results[0] ?? null
}
