import { createHash } from 'node:crypto'
import { getLogo } from '@/lib/applications/get-logo'
import { route } from '@/lib/http/route'

/** For anybody signed in: the wallet shows who asks. Kept by the browser alone, and asked for again each time. */
export const GET = route(
  async (ctx, { applicationId = '' }, request) => {
    const logo = await getLogo(ctx, { applicationId })
    const etag = `"${createHash('sha256').update(logo).digest('base64url').slice(0, 22)}"`
    const headers = {
      'Content-Type': 'image/png',
      'Cache-Control': 'private, no-cache',
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
      ETag: etag,
    }
    if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
    return new Response(new Uint8Array(logo), { headers })
  },
  { area: 'portal', activity: false },
)
