import { publicRoute, readBody } from '@/lib/http/route'
import { SecondFactorInput } from '@/lib/people/schema'
import { giveCode } from '@/lib/session/sign-in-steps'

/** The second step of the sign-in form as JSON; the cookie of the first one must come with it. */
export const POST = publicRoute(async (ctx, _params, request) =>
  giveCode(ctx, await readBody(request, SecondFactorInput)),
)
