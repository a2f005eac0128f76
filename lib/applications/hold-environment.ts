import type { Transaction } from '@/db/client'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { Environment } from '@/lib/core/secrets'
import { tenantToChange } from './access'
import * as store from './store'

/**
 * For who may change the application: holds one environment of it until the transaction ends, so that what is counted there
 * next is counted alone. Takes an id or an Application Key. @throws NotFound, DomainError `owner-required`
 */
export async function holdEnvironment(
  tx: Transaction,
  ctx: Context,
  input: { applicationId: string; environment: Environment },
): Promise<store.HeldEnvironment> {
  const tenant = { customerId: tenantToChange(ctx) }
  const held = await store.lockEnvironment(tx, tenant, input.applicationId, input.environment)
  if (!held) throw notFound(`no ${input.environment} of application ${input.applicationId} of ${tenant.customerId}`)
  return held
}
