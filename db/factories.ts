import { ibanFrom } from '@/lib/core/iban'
import { newId } from '@/lib/core/ids'
import { type Environment, newApplicationSecret, newHexToken, newOpaqueToken, sha256 } from '@/lib/core/secrets'
import type { Database } from './client'
import { applicationEnvironments, applications, callbacks } from './schema/applications'
import { applicationSecrets } from './schema/credentials'
import { accounts, customers, memberships } from './schema/customers'
import { people, sessions } from './schema/people'

let counter = 0
function next(): number {
  counter += 1
  return counter
}

/** Rows for tests, each suite its own: nothing is shared and nothing is seeded. */
export async function aPerson(db: Database, values: Partial<typeof people.$inferInsert> = {}) {
  const n = next()
  const row = {
    id: newId('person'),
    email: `person-${n}-${newHexToken().slice(0, 6)}@example.test`,
    name: `Person ${n}`,
    emailConfirmedAt: new Date(),
    ...values,
  }
  await db.insert(people).values(row)
  return row
}

export async function aCustomer(
  db: Database,
  ownerId: string,
  values: Partial<typeof customers.$inferInsert> = {},
  role: 'owner' | 'viewer' = 'owner',
) {
  const row = { id: newId('customer'), kind: 'business', name: `Business ${next()}`, createdBy: ownerId, ...values }
  await db.insert(customers).values(row)
  await db.insert(memberships).values({ id: `mem_${row.id.slice(4)}`, personId: ownerId, customerId: row.id, role })
  return row
}

export async function anAccount(db: Database, customerId: string, values: Partial<typeof accounts.$inferInsert> = {}) {
  const bban = `X05428111010000${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`
  const row = {
    id: newId('account'),
    customerId,
    environment: 'sandbox',
    iban: ibanFrom('IT', bban),
    currency: 'EUR',
    name: 'Main account',
    ...values,
  }
  await db.insert(accounts).values(row)
  return row
}

export async function anApplication(
  db: Database,
  customerId: string,
  options: {
    environment?: Environment
    profile?: 'legacy' | 'standard' | 'fapi2'
    callback?: string
    name?: string
    description?: string
  } = {},
) {
  const environment = options.environment ?? 'sandbox'
  const id = newId('application')
  const clientId = newHexToken()
  const secret = newApplicationSecret(environment)
  const secretId = newId('secret')
  const name = options.name ?? `Application ${next()}`
  await db.insert(applications).values({ id, customerId, name, description: options.description ?? '' })
  await db
    .insert(applicationEnvironments)
    .values({ applicationId: id, environment, clientId, profile: options.profile ?? 'standard' })
  await db
    .insert(applicationSecrets)
    .values({ id: secretId, applicationId: id, environment, secretHash: secret.hash, hint: secret.hint })
  if (options.callback) {
    await db.insert(callbacks).values({
      id: newId('callback'),
      applicationId: id,
      environment,
      url: options.callback,
      host: new URL(options.callback).hostname,
    })
  }
  return { id, name, environment, clientId, clientSecret: secret.plaintext, secretId, customerId }
}

/** A live session of the person, with the row's own idea of when and how they signed in. */
export async function aSession(db: Database, personId: string, values: Partial<typeof sessions.$inferInsert> = {}) {
  const token = newOpaqueToken()
  const now = new Date()
  const row = {
    id: newId('session'),
    tokenHash: sha256(token),
    personId,
    authTime: now,
    amr: ['pwd', 'otp', 'mfa'],
    provedBy: 'mail-code',
    lastActiveAt: now,
    expiresAt: new Date(now.getTime() + 12 * 60 * 60 * 1000),
    userAgent: 'test',
    ...values,
  }
  await db.insert(sessions).values(row)
  return { ...row, token }
}
