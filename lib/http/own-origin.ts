import { env } from '@/lib/env/env'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Whether a state change comes from one of our own pages: its Origin is that of PUBLIC_URL or, in demo mode, the loopback
 * name under which this very request came in. A missing Origin is refused too: every current browser sends one.
 */
export function isOwnOrigin(origin: string | null, host: string | null): boolean {
  if (!origin || origin === 'null') return false
  const { publicUrl, demo } = env()
  if (origin === publicUrl.origin) return true
  if (!demo || !host || !URL.canParse(origin)) return false
  const url = new URL(origin)
  return url.origin === origin && url.host === host && LOOPBACK.has(url.hostname)
}
