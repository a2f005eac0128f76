import NextAuth from 'next-auth'
import { authOptions } from '@/lib/session/auth-options'

type Next = { params: Promise<{ nextauth: string[] }> }

/** What next-auth's own client may ask; signing in goes through our forms, so a ticket never travels to a browser. */
const ALLOWED: Record<string, readonly string[]> = { GET: ['csrf', 'session'], POST: ['session', 'signout'] }

async function handle(request: Request, next: Next): Promise<Response> {
  const { nextauth } = await next.params
  const [action, ...rest] = nextauth
  if (!action || rest.length > 0 || !ALLOWED[request.method]?.includes(action)) {
    return new Response('Not found', { status: 404 })
  }
  const userAgent = request.headers.get('user-agent') ?? ''
  return NextAuth(
    request as never,
    next as never,
    authOptions({ userAgent, deviceToken: null, previousSessionToken: null }),
  )
}

export { handle as GET, handle as POST }
