import { randomBytes } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { eq, inArray, sql } from 'drizzle-orm'
import { recordEvent } from '@/lib/audit/record-event'
import { currentTime } from '@/lib/context/clock'
import type { Context } from '@/lib/context/context'
import { ibanFrom } from '@/lib/core/iban'
import { newId } from '@/lib/core/ids'
import { open, seal } from '@/lib/core/seal'
import { italianIban } from '@/lib/customers/sandbox-iban'
import { env } from '@/lib/env/env'
import { hashPassword } from '@/lib/people/password'
import type { Database, Transaction } from './client'
import { accounts, customers, memberships } from './schema/customers'
import { people } from './schema/people'
import { settings } from './schema/settings'

/** What `countersign demo` prints, and `DATA_DIR/demo.json` holds. */
export type DemoFile = {
  people: {
    email: string
    password: string
    customers: { name: string; kind: string; accounts: { iban: string; currency: string }[] }[]
  }[]
}

type DemoPerson = {
  email: string
  name: string
  operator?: boolean
  customers: { name: string; kind: 'personal' | 'business'; iban: string }[]
}

const PEOPLE: DemoPerson[] = [
  { email: 'operator@demo.test', name: 'Oda Larsen', operator: true, customers: [] },
  {
    email: 'owner@demo.test',
    name: 'Giulia Rossi',
    customers: [{ name: 'Demo Shop Srl', kind: 'business', iban: italianIban('123456') }],
  },
  { email: 'developer@demo.test', name: 'Devin Okafor', customers: [] },
  {
    email: 'payer@demo.test',
    name: 'Paulius Jonaitis',
    customers: [
      { name: 'Paulius Jonaitis', kind: 'personal', iban: ibanFrom('LT', '1000011101001000') },
      { name: 'Payer UAB', kind: 'business', iban: ibanFrom('LT', '1000011101001001') },
    ],
  },
]

// Any constant will do; it must be the same in every replica.
const SEED_LOCK = 7_236_149_004
const PASSWORD_SETTING = 'demo-password'

/**
 * Makes the demo people once; of several replicas that start together one makes them and the others find them. Their
 * password is DEMO_PASSWORD, or a random one that is kept sealed in the database, so that every replica tells the same. A
 * changed DEMO_PASSWORD takes effect at the next start; a password that a demo person chose since is left alone otherwise.
 */
export async function seedDemo(db: Database): Promise<DemoFile> {
  const file = await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${SEED_LOCK})`)
    const kept = await keptPassword(tx)
    const password = env().demoPassword ?? kept.password ?? randomBytes(12).toString('base64url')
    if (!kept.seeded) await insertPeople(tx, await hashPassword(password))
    else if (password !== kept.password) await replacePasswords(tx, await hashPassword(password))
    if (password !== kept.password) await keepPassword(tx, password)
    return describeDemo(tx, password)
  })
  await writeDemoFile(file)
  return file
}

/** The password is null where SECRET_KEY was changed without keeping the old one. */
async function keptPassword(tx: Transaction): Promise<{ seeded: boolean; password: string | null }> {
  const [row] = await tx.select({ sealed: settings.sealed }).from(settings).where(eq(settings.name, PASSWORD_SETTING))
  if (!row) return { seeded: false, password: null }
  return { seeded: true, password: open(env().secretKeys, 'demo-password', row.sealed, PASSWORD_SETTING) }
}

async function keepPassword(tx: Transaction, password: string): Promise<void> {
  const sealed = seal(env().secretKeys, 'demo-password', password, PASSWORD_SETTING)
  await tx
    .insert(settings)
    .values({ name: PASSWORD_SETTING, sealed })
    .onConflictDoUpdate({ target: settings.name, set: { sealed } })
}

async function insertPeople(tx: Transaction, passwordHash: string): Promise<void> {
  const now = currentTime()
  const ctx: Context = { db: tx, actor: { kind: 'system', name: 'demo' }, now, requestId: 'demo', address: null }
  for (const person of PEOPLE) {
    const personId = newId('person')
    const inserted = await tx
      .insert(people)
      .values({
        id: personId,
        email: person.email,
        name: person.name,
        passwordHash,
        emailConfirmedAt: now,
        operatorSince: person.operator ? now : null,
      })
      .onConflictDoNothing()
      .returning({ id: people.id })
    if (inserted.length === 0) continue // somebody signed up under that address before demo mode was switched on
    await recordEvent(tx, ctx, { action: 'person.created', personId, subjectId: personId, data: { demo: true } })
    for (const customer of person.customers) await insertCustomer(tx, ctx, personId, customer)
  }
}

async function insertCustomer(
  tx: Transaction,
  ctx: Context,
  personId: string,
  customer: DemoPerson['customers'][number],
): Promise<void> {
  const { name, kind, iban } = customer
  const customerId = newId('customer')
  const accountId = newId('account')
  await tx.insert(customers).values({ id: customerId, kind, name, createdBy: personId })
  await tx.insert(memberships).values({ id: `mem_${customerId.slice(4)}`, personId, customerId, role: 'owner' })
  await tx
    .insert(accounts)
    .values({ id: accountId, customerId, environment: 'sandbox', iban, currency: 'EUR', name: 'Main account' })
  const data = { kind, accountId, demo: true }
  await recordEvent(tx, ctx, { action: 'customer.created', customerId, personId, subjectId: customerId, data })
}

async function replacePasswords(tx: Transaction, passwordHash: string): Promise<void> {
  const emails = PEOPLE.map(({ email }) => email)
  await tx.update(people).set({ passwordHash }).where(inArray(people.email, emails))
}

async function describeDemo(tx: Transaction, password: string): Promise<DemoFile> {
  const rows = await tx.execute<{
    email: string
    customer_id: string | null
    name: string
    kind: string
    iban: string | null
    currency: string
  }>(sql`
    select p.email, c.id as customer_id, c.name, c.kind, a.iban, a.currency
    from people p
    left join memberships m on m.person_id = p.id and m.ended_at is null
    left join customers c on c.id = m.customer_id
    left join accounts a on a.customer_id = c.id and a.closed_at is null
    where p.email in ${PEOPLE.map(({ email }) => email)}
    order by c.kind desc, c.created_at, c.id, a.created_at, a.id`)
  return {
    people: PEOPLE.map(({ email }) => {
      const own = rows.filter((row) => row.email === email && row.customer_id !== null)
      const ids = [...new Set(own.map((row) => row.customer_id))]
      return {
        email,
        password,
        customers: ids.map((id) => {
          const ofCustomer = own.filter((row) => row.customer_id === id)
          const held = ofCustomer.flatMap(({ iban, currency }) => (iban === null ? [] : [{ iban, currency }]))
          return { name: ofCustomer[0]?.name ?? '', kind: ofCustomer[0]?.kind ?? '', accounts: held }
        }),
      }
    }),
  }
}

/** Whole or not at all, and for its owner alone. */
async function writeDemoFile(file: DemoFile): Promise<void> {
  const directory = path.resolve(env().dataDir)
  await mkdir(directory, { recursive: true })
  const draft = path.join(directory, `demo.json.${process.pid}.${randomBytes(4).toString('hex')}`)
  await writeFile(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 })
  await rename(draft, path.join(directory, 'demo.json'))
}
