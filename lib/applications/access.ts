import { requireOwner, requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'

/**
 * Whose applications may be read: those of the Customer that the person acts for; null, every one, for the command line.
 * @throws NotFound for a person who acts for nobody: they have no applications, and see what a stranger sees.
 */
export function tenantToRead(ctx: Context): string | null {
  if (ctx.actor.kind === 'operator' || ctx.actor.kind === 'system') return null
  const { actor } = requirePerson(ctx)
  if (actor.customerId === null) throw notFound(`${actor.personId} acts for nobody`)
  return actor.customerId
}

/** Whose applications may be changed: those that the person owns; null, every one, for the command line. */
export function tenantToChange(ctx: Context): string | null {
  if (ctx.actor.kind === 'operator' || ctx.actor.kind === 'system') return null
  return requireOwner(ctx).actor.customerId
}
