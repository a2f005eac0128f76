import type { Transaction } from '@/db/client'
import { isOperator } from '@/lib/access/operator'
import { requirePerson } from '@/lib/access/require'
import { actorId, recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { forbidden, notFound } from '@/lib/core/errors'
import { notifyOwners } from './notify-owners'
import type { ConnectionRef } from './schema'
import { findRevocable, revoke } from './store'

/**
 * An owner of the account's Customer, or an operator, withdraws a granted Connection. Code and tokens are joined to this one
 * row, so all of them are dead with the commit, on every replica. Revoking again changes nothing.
 * @throws NotFound, DomainError `owner-required` for a viewer
 */
export async function revokeConnection(ctx: Context, input: ConnectionRef): Promise<void> {
  const personId = isOperator(ctx) ? null : requirePerson(ctx).actor.personId
  await ctx.db.transaction(async (tx) => {
    const row = await findRevocable(tx, input.connectionId, personId)
    if (!row) throw notFound(`no granted connection ${input.connectionId} for ${personId ?? 'the operator'}`)
    if (row.role === 'viewer') {
      throw forbidden('owner-required', 'You can look, but only an owner can change this. Ask one of the owners.')
    }
    await revokeIn(tx, ctx, row)
  })
}

type Granted = { id: string; applicationId: string; environment: string; customerId: string | null }

/**
 * For whatever ends a Connection, once it has decided that it may: the row, its audit and the owners' notice, in the
 * caller's transaction. False when it was revoked already.
 */
export async function revokeIn(tx: Transaction, ctx: Context, granted: Granted): Promise<boolean> {
  if (!(await revoke(tx, granted.id, ctx.now, actorId(ctx.actor)))) return false
  await recordEvent(tx, ctx, {
    action: 'connection.revoked',
    customerId: granted.customerId,
    applicationId: granted.applicationId,
    environment: granted.environment,
    subjectId: granted.id,
  })
  await notifyOwners(tx, ctx, granted.id, 'revoked')
  return true
}
