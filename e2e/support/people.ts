import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { BrowserContext, Page } from '@playwright/test'
import type { Connected } from '@/db/client'
import { aCustomer, anAccount, aPerson } from '@/db/factories'
import { memberships } from '@/db/schema/customers'
import { passkeys, phoneNumbers, sessions } from '@/db/schema/people'
import { newId } from '@/lib/core/ids'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { hashPassword } from '@/lib/people/password'

type Database = Connected['db']

export const PASSWORD = 'seven quiet lanterns drift'

/**
 * People of one test alone. Their rows are written directly, and so is a session: the forms have journeys of their own
 * (sign-up.spec.ts), and two tests that shared a person would see each other's sessions, passkeys and failures.
 */
export type Person = { id: string; email: string; name: string }
export type Owner = Person & { customerId: string; customerName: string; account: { id: string; iban: string } }

export async function makePerson(db: Database, values: { name?: string; locale?: 'en' | 'it' } = {}): Promise<Person> {
  return aPerson(db, { name: 'Giulia Rossi', ...values, passwordHash: await passwordHash() })
}

/** Owner of a business with a sandbox account. */
export async function makeOwner(
  db: Database,
  values: { name?: string; customerName?: string; locale?: 'en' | 'it' } = {},
): Promise<Owner> {
  const { customerName = 'Lantern Books Srl', ...person } = values
  const owner = await makePerson(db, person)
  const customer = await aCustomer(db, owner.id, { name: customerName })
  const account = await anAccount(db, customer.id)
  return { ...owner, customerId: customer.id, customerName: customer.name, account }
}

export async function makeViewer(db: Database, customerId: string): Promise<Person> {
  const person = await makePerson(db, { name: 'Vera Lindqvist' })
  await db
    .insert(memberships)
    .values({ id: `mem_${newId('customer').slice(4)}`, personId: person.id, customerId, role: 'viewer' })
  return person
}

let hashed: Promise<string> | null = null
function passwordHash(): Promise<string> {
  hashed ??= hashPassword(PASSWORD)
  return hashed
}

/** Signs the browser in. With `provedMinutesAgo` beyond five, sensitive acts ask for a step-up. */
export async function signIn(
  db: Database,
  context: BrowserContext,
  url: string,
  person: Person,
  options: { provedMinutesAgo?: number } = {},
): Promise<void> {
  const token = newOpaqueToken()
  const now = Date.now()
  await db.insert(sessions).values({
    id: newId('session'),
    tokenHash: sha256(token),
    personId: person.id,
    authTime: new Date(now - (options.provedMinutesAgo ?? 0) * 60_000),
    amr: ['pwd', 'otp'],
    provedBy: 'mail-code',
    lastActiveAt: new Date(now),
    expiresAt: new Date(now + 3_600_000),
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    address: '127.0.0.1',
  })
  await context.addCookies([{ name: 'countersign-session', value: token, url, httpOnly: true, sameSite: 'Lax' }])
}

export type Passkey = { personId: string; credentialId: Buffer; privateKey: Buffer }

/** A passkey that the person has had for long, so that it accepts; `giveAuthenticator` puts it into a page. */
export async function makePasskey(db: Database, person: Person, values: { acceptsFrom?: Date } = {}): Promise<Passkey> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x, y } = publicKey.export({ format: 'jwk' })
  // COSE_Key of ES256 (RFC 9053 §7.1): kty 2, alg -7, crv 1, then the two coordinates.
  const cose = ['a5010203262001215820', hex(x), '225820', hex(y)].join('')
  const credentialId = randomBytes(16)
  await db.insert(passkeys).values({
    id: newId('passkey'),
    personId: person.id,
    credentialId: credentialId.toString('base64url'),
    publicKey: Buffer.from(cose, 'hex'),
    counter: 0,
    transports: ['internal'],
    rpId: 'localhost',
    name: 'Phone',
    backupEligible: false,
    backedUp: false,
    acceptsFrom: values.acceptsFrom ?? new Date(Date.now() - 86_400_000),
    createdAt: new Date(Date.now() - 86_400_000),
  })
  return { personId: person.id, credentialId, privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }) }
}

let numbers = 0

/** A confirmed number, which nothing that is sent ever reaches. */
export async function makePhone(db: Database, person: Person): Promise<void> {
  numbers += 1
  const [id, number] = [newId('phone'), `+39333${String(numbers).padStart(7, '0')}`]
  await db.insert(phoneNumbers).values({ id, personId: person.id, number, confirmedAt: new Date() })
}

function hex(coordinate: string | undefined): string {
  return Buffer.from(coordinate ?? '', 'base64url').toString('hex')
}

/** Signatures are counted: whichever page a passkey is put into next must count on from the one before. */
let signatures = Math.floor(Date.now() / 1000) % 1_000_000_000

/** The authenticator of a phone: built in, verifies its user, says yes at once. It lives as long as the page. */
export async function giveAuthenticator(page: Page, passkey?: Passkey): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  if (!passkey) return
  signatures += 100
  await cdp.send('WebAuthn.addCredential', {
    authenticatorId,
    credential: {
      credentialId: passkey.credentialId.toString('base64'),
      isResidentCredential: true,
      rpId: 'localhost',
      privateKey: passkey.privateKey.toString('base64'),
      userHandle: Buffer.from(passkey.personId).toString('base64'),
      signCount: signatures,
    },
  })
}

export async function givePassword(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

export async function giveCode(page: Page, code: string, label = 'One-time code'): Promise<void> {
  await page.getByLabel(label).fill(code)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}
