import { X509Certificate } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import type { ApplicationRole } from '@/lib/access/permissions'
import { describeName } from '@/lib/certificates/describe-name'
import { ibanFrom } from '@/lib/core/iban'
import { newId } from '@/lib/core/ids'
import { type Environment, newApplicationSecret, newHexToken, newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addDays, addMs, MINUTE } from '@/lib/core/time'
import type { Database } from './client'
import { applicationEnvironments, applicationMembers, applications, callbacks } from './schema/applications'
import { certificateChains, certificateKeys, chainCertificates, trustAnchors } from './schema/certificates'
import { consents } from './schema/consents'
import { applicationSecrets } from './schema/credentials'
import { accounts, customers, memberships } from './schema/customers'
import { authorizationCodeGrants, authorizationCodes, authorizationRequests } from './schema/oauth'
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
    scopes?: string[]
  } = {},
) {
  const environment = options.environment ?? 'sandbox'
  const id = newId('application')
  const clientId = newHexToken()
  const secret = newApplicationSecret(environment)
  const secretId = newId('secret')
  const name = options.name ?? `Application ${next()}`
  await db.insert(applications).values({ id, customerId, name, description: options.description ?? '' })
  await db.insert(applicationEnvironments).values({
    applicationId: id,
    environment,
    clientId,
    profile: options.profile ?? 'standard',
    scopes: options.scopes ?? [],
  })
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

/** A Team Developer: a new person, who belongs to no Customer, unless another one is given. */
export async function aMember(
  db: Database,
  applicationId: string,
  role: ApplicationRole,
  values: Partial<typeof applicationMembers.$inferInsert> = {},
) {
  const personId = values.personId ?? (await aPerson(db)).id
  const row = { id: newId('member'), applicationId, role, ...values, personId }
  await db.insert(applicationMembers).values(row)
  return row
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

/** A root that operators trust. Whoever is to see it at once bumps the trust store. */
export async function anAnchor(db: Database, der: Buffer, values: Partial<typeof trustAnchors.$inferInsert> = {}) {
  const certificate = new X509Certificate(der)
  const row = {
    id: newId('anchor'),
    environment: 'sandbox',
    owner: 'Test',
    purpose: 'client certificates',
    subject: certificate.subject,
    der,
    sha256: sha256(der),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    ...values,
  }
  await db.insert(trustAnchors).values(row)
  return row
}

/** An accepted chain of the application, active now, as if it had been submitted. */
export async function aCertificateChain(
  db: Database,
  application: { id: string; environment: Environment },
  chain: { leaf: Buffer; intermediate: { der: Buffer }; root: { der: Buffer } },
  values: Partial<typeof certificateChains.$inferInsert> = {},
) {
  const leaf = new X509Certificate(chain.leaf)
  const now = new Date(Date.now() - 1000)
  const keySha256 = sha256(leaf.publicKey.export({ format: 'der', type: 'spki' }))
  await db
    .insert(certificateKeys)
    .values({ spkiSha256: keySha256, applicationId: application.id })
    .onConflictDoNothing()
  const row = {
    id: newId('chain'),
    applicationId: application.id,
    environment: application.environment,
    subject: describeName(leaf.subject),
    leafSha256: sha256(chain.leaf),
    rootSha256: sha256(chain.root.der),
    keySha256,
    notBefore: new Date(leaf.validFrom),
    notAfter: new Date(leaf.validTo),
    report: {},
    submittedAt: now,
    approvedAt: now,
    startsAt: now,
    ...values,
  }
  await db.insert(certificateChains).values(row)
  for (const [position, der] of [chain.leaf, chain.intermediate.der, chain.root.der].entries()) {
    const { subject, validTo } = new X509Certificate(der)
    await db.insert(chainCertificates).values({
      chainId: row.id,
      position,
      der,
      sha256: sha256(der),
      subject: describeName(subject),
      notAfter: new Date(validTo),
    })
  }
  return row
}

type OfApplication = { id: string; environment: Environment }

/** A consent that the person has just given for the Customer, for 180 days. */
export async function aConsent(
  db: Database,
  application: OfApplication,
  giver: { personId: string; customerId: string },
  values: Partial<typeof consents.$inferInsert> = {},
) {
  const now = new Date()
  const row = {
    id: newId('consent'),
    ...giver,
    applicationId: application.id,
    environment: application.environment,
    scopes: ['psd2-ais'],
    authTime: now,
    amr: ['pwd', 'otp', 'mfa'],
    grantedAt: now,
    expiresAt: addDays(now, 180),
    ...values,
  }
  await db.insert(consents).values(row)
  return row
}

/**
 * An authorization request that a browser has brought and nobody has answered, with the cookie of that browser. Its
 * application has the callback and the scopes for it.
 */
export async function anOpenedRequest(
  db: Database,
  application: OfApplication,
  values: Partial<typeof authorizationRequests.$inferInsert> = {},
) {
  const browserToken = newOpaqueToken()
  const now = new Date()
  const row = {
    id: newId('authorizationRequest'),
    applicationId: application.id,
    environment: application.environment,
    kind: 'standard',
    redirectUri: 'https://client.example/callback',
    state: 'state',
    scopes: ['psd2-ais', 'psd2-pis'],
    openedAt: now,
    browserHash: sha256(browserToken),
    expiresAt: addMs(now, 30 * MINUTE),
    ...values,
  }
  const subscribed = [...row.scopes, ...(row.authorizationDetails ? ['psd2-pis'] : [])]
  await db
    .insert(callbacks)
    .values({
      id: newId('callback'),
      applicationId: row.applicationId,
      environment: row.environment,
      url: row.redirectUri,
      host: new URL(row.redirectUri).hostname,
    })
    .onConflictDoNothing()
  await db
    .update(applicationEnvironments)
    .set({
      scopes: sql`${applicationEnvironments.scopes} || ${JSON.stringify(subscribed)}::jsonb`,
    })
    .where(
      and(
        eq(applicationEnvironments.applicationId, row.applicationId),
        eq(applicationEnvironments.environment, row.environment),
      ),
    )
  await db.insert(authorizationRequests).values(row)
  return { requestId: row.id, browserToken }
}

/** An authorization code as the end of an authorization request leaves it: a minute to exchange it, one token per consent. */
export async function anAuthorizationCode(
  db: Database,
  application: OfApplication,
  consented: readonly { id: string; scopes: string[]; authTime: Date; amr: string[] }[],
  options: {
    request?: Partial<typeof authorizationRequests.$inferInsert>
    code?: Partial<typeof authorizationCodes.$inferInsert>
  } = {},
) {
  const code = newOpaqueToken()
  const codeHash = sha256(code)
  const now = new Date()
  const verifier = newOpaqueToken()
  const request = {
    id: newId('authorizationRequest'),
    applicationId: application.id,
    environment: application.environment,
    kind: 'standard',
    redirectUri: 'https://client.example/callback',
    state: 'state',
    scopes: [...new Set(consented.flatMap(({ scopes }) => scopes))],
    codeChallenge: sha256(verifier).toString('base64url'),
    openedAt: now,
    answeredAt: now,
    answer: 'granted',
    expiresAt: addMs(now, 10 * MINUTE),
    ...options.request,
  }
  await db.insert(authorizationRequests).values(request)
  await db.insert(authorizationCodes).values({
    codeHash,
    requestId: request.id,
    authTime: consented[0]?.authTime ?? now,
    amr: consented[0]?.amr ?? [],
    expiresAt: addMs(now, MINUTE),
    ...options.code,
  })
  for (const [position, consent] of consented.entries()) {
    await db
      .insert(authorizationCodeGrants)
      .values({ codeHash, position, consentId: consent.id, scopes: consent.scopes })
  }
  return { code, codeHash, verifier, redirectUri: request.redirectUri, requestId: request.id }
}
