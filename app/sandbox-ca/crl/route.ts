import { getSandboxCrl } from '@/lib/certificates/sandbox-crl'
import { notFound } from '@/lib/core/errors'
import { publicRoute } from '@/lib/http/route'

/** RFC 5280 §4.2.1.13, RFC 2585 §4.2: the list that sandbox certificates name. */
export const GET = publicRoute(async (ctx) => {
  const list = await getSandboxCrl(ctx)
  if (!list) throw notFound('there is no sandbox CA yet')
  return new Response(new Uint8Array(list), {
    headers: { 'Content-Type': 'application/pkix-crl', 'Cache-Control': 'no-store', 'X-Request-Id': ctx.requestId },
  })
})
