import { isOperator } from '@/lib/access/operator'
import { requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { holdEnvironment } from './access'
import { scopesNeedOperator } from './errors'
import { type ChangeScopesInput, SCOPES, type Scope } from './schema'
import * as store from './store'

export type ChangedScopes = { applicationId: string; scopes: Scope[] }

/**
 * Which data scopes the application may ask account owners for, from its next request on; what they granted before stays. In
 * the sandbox its team chooses, in production an operator approves (ADR-0135).
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `scopes-need-operator`
 */
export async function changeScopes(ctx: Context, input: ChangeScopesInput): Promise<ChangedScopes> {
  const { environment } = input
  const scopes = SCOPES.filter((scope) => input.scopes.includes(scope))

  return ctx.db.transaction(async (tx) => {
    const { applicationId, customerId } = await holdEnvironment(tx, ctx, input, 'scopes.change')
    requireStepUp(ctx)
    if (environment === 'production' && !isOperator(ctx)) throw scopesNeedOperator()
    const before = await store.replaceScopes(tx, applicationId, environment, scopes)
    const isOther = before.length !== scopes.length || scopes.some((scope) => !before.includes(scope))
    if (isOther) {
      await recordEvent(tx, ctx, {
        action: environment === 'production' ? 'scopes.approved' : 'scopes.changed',
        customerId,
        applicationId,
        environment,
        subjectId: applicationId,
        data: { from: before, to: scopes },
      })
    }
    return { applicationId, scopes }
  })
}
