import { requestInfo } from '@/lib/context/request-info'
import { log } from '@/lib/log/log'
import { described, type MachineHandler } from './machine-endpoint'
import { jsonResponse } from './machine-message'
import { oauthProblem } from './oauth-endpoint'

const MAX_AGE_SECONDS = 300

/** Wraps a document that anybody may read, from any page: what it says is the same for everybody. Below a guard only. */
export function publicEndpoint(read: () => Promise<Record<string, unknown>>): MachineHandler {
  return described({ auth: 'anybody', body: null }, async () => {
    const info = requestInfo()
    if (!info) return oauthProblem(404, 'invalid_request', 'There is nothing here.', 'none')
    try {
      return jsonResponse(200, await read(), {
        'Cache-Control': `public, max-age=${MAX_AGE_SECONDS}`,
        'Access-Control-Allow-Origin': '*',
        'X-Request-Id': info.requestId,
      })
    } catch (error) {
      log().error({ err: error, requestId: info.requestId }, 'unexpected error')
      return oauthProblem(500, 'server_error', 'Something went wrong on our side.', info.requestId)
    }
  })
}
