import { recordEvent } from '@/lib/audit/record-event'
import { assert } from '@/lib/core/errors'
import type { Operation } from '@/lib/dispositions/operation'
import { newConnectionCode } from './connection-code'
import { describeConnection } from './describe-connection'
import { grantImpossible } from './errors'
import { notifyOwners } from './notify-owners'
import { CONNECTION_ALLOWS } from './schema'
import { grant } from './store'

/** What accepting a disposition of the kind `connection` does: it grants, and makes the Connection Code. */
export const connectionOperation: Operation = {
  kind: 'connection',
  allows: () => CONNECTION_ALLOWS,
  until: null,
  describe: describeConnection,
  async accept(tx, ctx, accepted) {
    const { accountId } = accepted
    assert(accountId !== null, 'a Connection reaches an account')
    const code = newConnectionCode(accepted.subjectId, ctx.now)
    const customerId = await grant(tx, {
      id: accepted.subjectId,
      accountId,
      personId: accepted.personId,
      now: ctx.now,
      authTime: accepted.authTime,
      amr: accepted.amr,
      code: code.stored,
    })
    if (customerId === null) throw grantImpossible()
    await recordEvent(tx, ctx, {
      action: 'connection.granted',
      customerId,
      applicationId: accepted.applicationId,
      environment: accepted.environment,
      subjectId: accepted.subjectId,
      data: { disposition: accepted.dispositionId, account: accountId, amr: accepted.amr },
    })
    await notifyOwners(tx, ctx, accepted.subjectId, 'granted')
  },
}
