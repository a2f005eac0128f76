import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connected } from '@/db/client'
import { aCustomer, anAccount, aPerson } from '@/db/factories'
import { accounts, customers, memberships } from '@/db/schema/customers'
import { auditEvents } from '@/db/schema/partitioned'
import { people } from '@/db/schema/people'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { ibanFrom } from '@/lib/core/iban'
import { requestPasswordReset } from '@/lib/people/recover'
import { readMail, writeRequestedMail } from '@/lib/people/testing/read-mail'
import { importAccounts } from './import-accounts'
import { readAccountFile } from './read-account-file'

const database = await testDatabase()
const { db } = database
const now = new Date()
const operator = testContext(db, { kind: 'operator' as const, name: 'cli' }, now)
let replica: Connected
beforeAll(async () => {
  replica = await connectReplica(database.url)
})
afterAll(() => replica.close())

const HEADER = 'iban,currency,environment,customer_kind,customer_name,holder_email,holder_name'
let counter = 0
function anIban(): string {
  counter += 1
  return ibanFrom('DE', `50010517${String(counter).padStart(10, '0')}`)
}

function read(...lines: string[]) {
  return readAccountFile(Buffer.from([HEADER, ...lines].join('\n')))
}

function problemsOf(act: () => unknown): string[] {
  try {
    act()
  } catch (error) {
    return (error as Error).message.split('\n').slice(1)
  }
  return []
}

async function importing(...lines: string[]) {
  return importAccounts(operator, read(...lines))
}

describe('the file', () => {
  test('may have its columns in any order, spaces around values, and grouped or lower-case IBANs', () => {
    const iban = anIban()
    const text = `\uFEFFHolder_Email,IBAN,Currency,environment,customer_kind,customer_name
a@b.example, ${iban.replace(/(.{4})/g, '$1 ').toLowerCase()},eur,production,personal,"Rossi, Giulia"\r\n`
    expect(readAccountFile(Buffer.from(text))).toEqual([
      {
        line: 2,
        iban,
        currency: 'EUR',
        environment: 'production',
        customer_kind: 'personal',
        customer_name: 'Rossi, Giulia',
        holder_email: 'a@b.example',
        holder_name: '',
        account_name: '',
      },
    ])
  })

  test('is refused as a whole, with each problem and its line', () => {
    const good = `${anIban()},EUR,sandbox,business,Shop,a@b.example,`
    const lines = [
      good,
      'DE00,EUR,sandbox,business,Shop,a@b.example,',
      `${anIban()},EURO,test,firm,,nobody,`,
      `${anIban()},EUR,sandbox,business,S\u202Ehop,a@b.example`,
    ]
    expect(problemsOf(() => read(...lines))).toEqual([
      '  line 3: iban is not an IBAN',
      '  line 4: currency is not a currency of ISO 4217',
      '  line 4: environment is sandbox or production',
      '  line 4: customer_kind is personal or business',
      '  line 4: customer_name is missing',
      '  line 4: holder_email is not an e-mail address',
      '  line 5: has 6 values for 7 columns',
    ])
    expect(problemsOf(() => read(`${good.slice(0, -1)},G\u200Biulia`))).toEqual([
      '  line 2: holder_name holds a line break or a character that cannot be seen',
    ])
  })

  test('with another header, another encoding or no account at all is refused', () => {
    const problems = (text: string | Buffer) => problemsOf(() => readAccountFile(Buffer.from(text)))
    expect(problems('iban;currency\n')).toContain('  line 1: there is no column “iban;currency”')
    expect(problems(`${HEADER},iban\n`)).toEqual(['  line 1: iban comes twice'])
    expect(problems('')).toContain('  line 1: the column iban is missing')
    expect(problems(`${HEADER}\n`)).toEqual(['  the file has no account'])
    expect(problems(Buffer.from([0xe8, 0x20]))).toEqual(['  the file is not UTF-8'])
    expect(problems(`${HEADER}\n"a`)).toEqual(['  line 2: a quote is missing, or stands where none may'])
  })
})

describe('importing', () => {
  test('makes people, customers, their owners and accounts, each with its audit row', async () => {
    const email = `giulia-${counter}@bank.example`
    const [one, two] = [anIban(), anIban()]
    const shared = `EUR,production,business,Rossi Srl`
    expect(
      await importing(`${one},${shared},${email},Giulia Rossi`, `${two},${shared},${email.toUpperCase()},`),
    ).toEqual({ accounts: 2, unchanged: 0, customers: 1, owners: 1, people: 1 })

    const [account] = await db.select().from(accounts).where(eq(accounts.iban, one))
    expect(account).toMatchObject({ environment: 'production', currency: 'EUR', name: 'Account' })
    const customerId = account?.customerId as string
    const [customer] = await db.select().from(customers).where(eq(customers.id, customerId))
    expect(customer).toMatchObject({ kind: 'business', name: 'Rossi Srl', nameVerifiedAt: now })
    const rows = await db
      .select({ action: auditEvents.action, actor: auditEvents.actorKind })
      .from(auditEvents)
      .where(eq(auditEvents.customerId, customerId))
      .orderBy(auditEvents.id)
    expect(rows.map(({ action }) => action)).toEqual([
      'customer.created',
      'membership.added',
      'account.imported',
      'account.imported',
    ])
    expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['operator']))
  })

  test('the same file again changes nothing', async () => {
    const line = `${anIban()},EUR,sandbox,personal,Ada,ada-${counter}@bank.example,Ada`
    await importing(line)
    const count = () => db.execute(sql`select (select count(*) from audit_events)::int as n`)
    const before = await count()
    expect(await importing(line)).toEqual({ accounts: 0, unchanged: 1, customers: 0, owners: 0, people: 0 })
    expect(await count()).toEqual(before)
  })

  test('a second holder of an account becomes an owner beside the first', async () => {
    const line = `${anIban()},EUR,sandbox,personal,Ada & Bo`
    const emails = ['ada', 'bo'].map((name) => `${name}-joint-${counter}@bank.example`)
    expect(await importing(...emails.map((email) => `${line},${email},Holder`))).toMatchObject({
      accounts: 1,
      unchanged: 1,
      customers: 1,
      owners: 2,
    })
  })

  test('a person who is there keeps their name; their business gets the account', async () => {
    const person = await aPerson(db, { name: 'Own name' })
    const business = await aCustomer(db, person.id, { name: 'Own Srl' })
    const iban = anIban()
    await importing(`${iban},EUR,sandbox,business,Own Srl,${person.email},Another name`)
    const [account] = await db.select().from(accounts).where(eq(accounts.iban, iban))
    expect(account?.customerId).toBe(business.id)
    const [row] = await db.select().from(people).where(eq(people.id, person.id))
    expect(row?.name).toBe('Own name')
  })

  test('what contradicts the records is refused with its line, and nothing of the file stays', async () => {
    const person = await aPerson(db)
    const viewer = await aPerson(db)
    const customer = await aCustomer(db, person.id, { name: 'Shop' })
    await db
      .insert(memberships)
      .values({ id: `mem_${viewer.id}`, personId: viewer.id, customerId: customer.id, role: 'viewer' })
    const account = await anAccount(db, customer.id)
    const closed = await anAccount(db, customer.id, { closedAt: now })
    const fresh = anIban()
    const of = 'sandbox,business'
    await expect(
      importing(
        `${fresh},EUR,${of},Shop,${person.email},`,
        `${account.iban},USD,${of},Shop,${person.email},`,
        `${account.iban},EUR,${of},Other,${person.email},`,
        `${closed.iban},EUR,${of},Shop,${person.email},`,
        `${account.iban},EUR,${of},Shop,${viewer.email},`,
        `${anIban()},EUR,${of},Shop,nobody@bank.example,`,
      ),
    ).rejects.toMatchObject({
      reason: 'account-file-invalid',
      message: [
        'Nothing was imported:',
        '  line 3: currency is EUR for this account',
        '  line 4: iban is held by the business customer “Shop”',
        '  line 5: iban is that of a closed account',
        `  line 6: ${viewer.email} only looks at this customer: make them an owner first`,
        '  line 7: nobody has the address nobody@bank.example yet: give a holder_name',
      ].join('\n'),
    })
    expect(await db.select().from(accounts).where(eq(accounts.iban, fresh))).toEqual([])
  })

  test('twice at once on two replicas makes everything once', async () => {
    const [one, two] = [anIban(), anIban()]
    const email = `twice-${counter}@bank.example`
    const lines = read(`${one},EUR,sandbox,business,Twice,${email},T`, `${two},EUR,sandbox,business,Twice,${email},T`)
    const done = await Promise.all([
      importAccounts(operator, lines),
      importAccounts({ ...operator, db: replica.db }, lines),
    ])
    expect(done.map(({ accounts: made }) => made).sort()).toEqual([0, 2])
    const [row] = await db.select({ id: people.id }).from(people).where(eq(people.email, email))
    const owned = and(eq(memberships.personId, row?.id as string), eq(memberships.role, 'owner'))
    expect(await db.select().from(memberships).where(owned)).toHaveLength(1)
  })

  test('a person made so has no password and gets one by mail; a stranger cannot sign up in their place', async () => {
    const email = `new-${counter}@bank.example`
    await importing(`${anIban()},EUR,production,personal,New,${email},New`)
    const [row] = await db.select().from(people).where(eq(people.email, email))
    expect(row).toMatchObject({ passwordHash: null, emailConfirmedAt: now })
    const anonymous = testContext(db, { kind: 'anonymous' as const }, now)
    await requestPasswordReset(anonymous, { email })
    await writeRequestedMail(anonymous)
    expect((await readMail(db, email))[0]?.subject).toBe('Choose a new password')
  })

  test('is for operators', async () => {
    const person = await aPerson(db)
    const ctx = testContext(db, personActor(person.id), now)
    await expect(importAccounts(ctx, [])).rejects.toMatchObject({ reason: 'operator-required' })
  })
})
