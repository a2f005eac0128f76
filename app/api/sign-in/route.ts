import { publicRoute, readBody } from '@/lib/http/route'
import { SignInInput } from '@/lib/people/schema'
import { givePassword } from '@/lib/session/sign-in-steps'

/**
 * The first step of the sign-in form as JSON. A server action cannot choose its status; here a locked password is answered
 * with 429 and Retry-After.
 */
export const POST = publicRoute(async (ctx, _params, request) =>
  givePassword(ctx, await readBody(request, SignInInput)),
)
