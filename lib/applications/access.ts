import type { Transaction } from '@/db/client'
import { type ApplicationAction, type ApplicationRole, isAllowed } from '@/lib/access/permissions'
import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { Environment } from '@/lib/core/secrets'
import { permissionRequired } from './errors'
import type { Application, ApplicationInput } from './schema'
import * as store from './store'

/*
 * Whoever has a role for an application sees it; the table in lib/access/permissions.ts says what each role may do. A role
 * comes from the business that the person acts for (its owners are owners, its viewers analysts), or from a place in the
 * team, which counts whomever the person acts for. It is read by the very statement that reads the application: who was
 * removed has lost it with the next request.
 */

/**
 * The application, by id or by Application Key, with the role of who acts; for who may do `action` there, in every
 * environment where none is named. The command line may do all.
 * @throws NotFound, alike for one that is missing and one of others; DomainError `permission-required`
 */
export async function getApplicationFor(
  ctx: Context,
  input: ApplicationInput,
  action: ApplicationAction,
  environment?: Environment,
): Promise<Application> {
  const asker = askerOf(ctx)
  const application = await store.findApplication(ctx.db, asker, input.applicationId)
  if (!application) throw notFound(`no application ${input.applicationId} for ${asker?.personId}`)
  requirePermission(application.role, action, environment)
  const environments = await store.listEnvironments(ctx.db, [application.id])
  return { ...application, environments: environments.get(application.id) ?? [] }
}

/**
 * Holds one environment of an application until the transaction ends, so that what is counted there next is counted alone.
 * @throws NotFound, DomainError `permission-required`
 */
export async function holdEnvironment(
  tx: Transaction,
  ctx: Context,
  input: ApplicationInput & { environment: Environment },
  action: ApplicationAction,
): Promise<store.HeldEnvironment> {
  const { applicationId, environment } = input
  const asker = askerOf(ctx)
  const held = await store.lockEnvironment(tx, asker, applicationId, environment)
  if (!held) throw notFound(`no ${environment} of application ${applicationId} for ${asker?.personId}`)
  requirePermission(held.role, action, environment)
  return held
}

/**
 * Holds the application as a whole, so that of two changes to its team or its owner the second sees the first. The role is
 * read after the lock: whoever was removed while waiting for it is refused.
 * @throws NotFound, DomainError `permission-required`
 */
export async function holdApplication(
  tx: Transaction,
  ctx: Context,
  input: ApplicationInput,
  action: ApplicationAction,
): Promise<store.FoundApplication> {
  const asker = askerOf(ctx)
  await store.lockApplication(tx, asker, input.applicationId)
  const held = await store.findApplication(tx, asker, input.applicationId)
  if (!held) throw notFound(`no application ${input.applicationId} for ${asker?.personId}`)
  requirePermission(held.role, action)
  return held
}

/** @throws DomainError `permission-required` */
export function requirePermission(role: ApplicationRole, action: ApplicationAction, environment?: Environment): void {
  if (!isAllowed(role, action, environment)) throw permissionRequired(role, action, environment)
}

function askerOf(ctx: Context): store.Asker {
  if (ctx.actor.kind === 'operator' || ctx.actor.kind === 'system') return null
  const { personId, customerId } = requirePerson(ctx).actor
  return { personId, customerId }
}
