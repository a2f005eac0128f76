import type { Context } from '@/lib/context/context'
import { DomainError } from '@/lib/core/errors'

/** Staff of the institution: a signed-in operator, or whoever holds the machine's command line. */
export function isOperator(ctx: Context): boolean {
  return ctx.actor.kind === 'operator' || (ctx.actor.kind === 'person' && ctx.actor.isOperator)
}

/** @throws DomainError `operator-required` */
export function requireOperator(ctx: Context): void {
  if (!isOperator(ctx)) {
    throw new DomainError('forbidden', 'operator-required', 'Only an operator of the institution can do this.')
  }
}
