import { bearerOf, familyA, type MachineHandler } from '@/lib/http/machine-endpoint'
import { deleteToken } from '@/lib/oauth/delete-token'
import { refreshToken } from '@/lib/oauth/refresh-token'
import { RefreshRequest } from '@/lib/oauth/schema'

type TokenKind = 'application' | 'connection'

/** contract.md, Family A: `PUT` and `DELETE` are alike for application tokens and connection tokens; only `POST` differs. */
export function refreshEndpoint(kind: TokenKind): MachineHandler {
  return familyA({
    auth: 'none',
    body: RefreshRequest,
    handler: async (ctx, body, _params, request) => ({
      status: 200,
      body: await refreshToken(ctx, {
        kind,
        clientId: body.client_id,
        clientSecret: body.client_secret,
        refreshToken: body.refresh_token,
        accessToken: bearerOf(request),
      }),
    }),
  })
}

export function deleteEndpoint(kind: TokenKind): MachineHandler {
  return familyA({
    auth: `${kind}-token`,
    handler: async (ctx) => {
      await deleteToken(ctx)
      return { status: 204 }
    },
  })
}
