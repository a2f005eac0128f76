import type { Transaction } from '@/db/client'
import { requireOperator } from '@/lib/access/operator'
import { requireOwner } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { assert } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { type Environment, newHexToken } from '@/lib/core/secrets'
import { listCustomers } from '@/lib/customers/list-customers'
import { parseCallback } from './callback'
import { businessRequired, callbackExists } from './errors'
import { readLogo } from './read-logo'
import { requireRoom } from './require-room'
import type { Profile, RegisterApplicationInput, RegisterByOperatorInput } from './schema'
import * as store from './store'

export type RegisteredApplication = { applicationId: string; clientId: string }

/**
 * The owner of a business registers an application for it, in the sandbox.
 * @throws DomainError `business-required`, `application-limit-reached`
 */
export async function registerApplication(
  ctx: Context,
  input: RegisterApplicationInput,
): Promise<RegisteredApplication> {
  const { actor } = requireOwner(ctx)
  const customer = (await listCustomers(ctx)).find(({ id }) => id === actor.customerId)
  if (customer?.kind !== 'business') throw businessRequired()
  const logo = input.logo ? await readLogo(input.logo) : null

  return ctx.db.transaction(async (tx) => {
    await requireRoom(tx, actor.customerId)
    return insertApplication(tx, ctx, {
      customerId: actor.customerId,
      createdBy: actor.personId,
      name: input.name,
      description: input.description,
      logo,
      profile: input.profile,
      callbacks: input.callback ? [input.callback] : [],
      scopes: [],
    })
  })
}

/**
 * The same on behalf of a business, from the command line. For production this is the operator's approval, and recorded as
 * one; the answer then has production's Application Key (ADR-0044).
 */
export async function registerApplicationByOperator(
  ctx: Context,
  input: RegisterByOperatorInput,
): Promise<RegisteredApplication> {
  requireOperator(ctx)
  if (new Set(input.callbacks).size < input.callbacks.length) throw callbackExists()
  return ctx.db.transaction(async (tx) => {
    const applicant = { ...input, createdBy: null, description: '', logo: null }
    if (input.environment === 'sandbox') return insertApplication(tx, ctx, applicant)
    const { applicationId } = await insertApplication(tx, ctx, { ...applicant, callbacks: [] })
    return insertProduction(tx, ctx, applicationId, input)
  })
}

type NewApplication = {
  customerId: string
  createdBy: string | null
  name: string
  description: string
  logo: Buffer | null
  profile: Profile
  callbacks: string[]
  scopes: string[]
}

async function insertApplication(
  tx: Transaction,
  ctx: Context,
  values: NewApplication,
): Promise<RegisteredApplication> {
  const applicationId = newId('application')
  const environment = 'sandbox'
  const { customerId, createdBy, profile, scopes, callbacks } = values
  await store.insertApplication(tx, {
    id: applicationId,
    customerId,
    createdBy,
    name: values.name,
    description: values.description,
    logo: values.logo,
  })
  const clientId = await insertEnvironment(tx, ctx, {
    applicationId,
    environment,
    createdBy,
    profile,
    scopes,
    callbacks,
  })
  await recordEvent(tx, ctx, {
    action: 'application.registered',
    customerId,
    applicationId,
    environment,
    subjectId: applicationId,
    data: { profile, callbacks, scopes, logo: values.logo !== null },
  })
  return { applicationId, clientId }
}

async function insertProduction(
  tx: Transaction,
  ctx: Context,
  applicationId: string,
  { customerId, profile, scopes, callbacks }: RegisterByOperatorInput,
): Promise<RegisteredApplication> {
  const environment = 'production'
  const place = { applicationId, environment, createdBy: null, profile, scopes, callbacks } as const
  const clientId = await insertEnvironment(tx, ctx, place)
  await recordEvent(tx, ctx, {
    action: 'production.approved',
    customerId,
    applicationId,
    environment,
    subjectId: applicationId,
    data: { profile, callbacks, scopes },
  })
  return { applicationId, clientId }
}

type NewEnvironment = {
  applicationId: string
  environment: Environment
  createdBy: string | null
  profile: Profile
  scopes: string[]
  callbacks: string[]
}

/** Its Application Key. */
async function insertEnvironment(tx: Transaction, ctx: Context, place: NewEnvironment): Promise<string> {
  const { applicationId, environment, createdBy, profile, scopes } = place
  const clientId = newHexToken()
  await store.insertEnvironment(tx, { applicationId, environment, clientId, profile, scopes })
  for (const url of place.callbacks) {
    const parsed = parseCallback(url)
    assert('ok' in parsed, 'callbacks are checked by the input schema')
    const row = { ...parsed.ok, id: newId('callback'), applicationId, environment, createdBy, createdAt: ctx.now }
    await store.insertCallback(tx, row)
  }
  return clientId
}
