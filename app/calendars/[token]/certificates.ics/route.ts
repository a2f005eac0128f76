import { getCalendar } from '@/lib/certificates/get-calendar'
import { publicRoute } from '@/lib/http/route'

/** For calendar programs, which have no session: the token in the address is the credential. */
export const GET = publicRoute(async (ctx, { token }) => {
  const text = await getCalendar(ctx, token ?? '')
  return new Response(text, {
    headers: {
      'Content-Type': 'text/calendar; charset=utf-8',
      'Content-Disposition': 'attachment; filename="certificates.ics"',
      'Cache-Control': 'no-store',
      'X-Robots-Tag': 'noindex',
      'X-Request-Id': ctx.requestId,
    },
  })
})
