import type { Context, PersonActor } from '@/lib/context/context'
import { DomainError } from '@/lib/core/errors'
import { MINUTE } from '@/lib/core/time'
import { provedAt } from './proof-of'

/** How long a proof of a strong factor opens sensitive acts (security.md, Identity and SCA). */
export const STEP_UP_MS = 5 * MINUTE

/** @throws DomainError `sign-in-required` unless a person acts. */
export function requirePerson(ctx: Context): Context<PersonActor> {
  if (ctx.actor.kind !== 'person') {
    throw new DomainError('unauthenticated', 'sign-in-required', 'Sign in to go on.')
  }
  return ctx as Context<PersonActor>
}

/**
 * The person acts for a Customer, as its owner. The membership itself is read with the session on every request.
 * @throws DomainError `customer-required`, `owner-required`
 */
export function requireOwner(ctx: Context): Context<PersonActor & { customerId: string }> {
  const { actor } = requirePerson(ctx)
  if (actor.customerId === null) {
    throw new DomainError('forbidden', 'customer-required', 'Create a business or choose whom you act for first.')
  }
  if (actor.role !== 'owner') {
    throw new DomainError(
      'forbidden',
      'owner-required',
      'You can look, but only an owner can change this. Ask one of the owners.',
    )
  }
  return ctx as Context<PersonActor & { customerId: string }>
}

/** Whether the person has proved a strong factor within the last five minutes; a fresh sign-in counts. */
export function isSteppedUp(actor: PersonActor, now: Date): boolean {
  return now.getTime() - provedAt(actor).getTime() <= STEP_UP_MS
}

/** For sensitive acts. Operators on the command line hold the machine itself. @throws DomainError `step-up-required` */
export function requireStepUp(ctx: Context): void {
  if (ctx.actor.kind === 'operator' || ctx.actor.kind === 'system') return
  const { actor } = requirePerson(ctx)
  if (!isSteppedUp(actor, ctx.now)) {
    throw new DomainError('forbidden', 'step-up-required', 'Confirm that it is you, then this goes on.')
  }
}
