import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { requireOperator } from '@/lib/access/operator'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { enterPerson } from '@/lib/people/enter-person'
import { accountFileInvalid } from './errors'
import type { AccountLine } from './read-account-file'
import * as store from './store'

export type Imported = { accounts: number; unchanged: number; customers: number; owners: number; people: number }

// Any constant will do. Two imports at once would each make the Customer that the other makes.
const IMPORT_LOCK = 7_236_149_007

/**
 * Takes over accounts of the institution with their Customers and the people who own those. What is there already is left as
 * it is, so the same file again changes nothing; what contradicts it is a problem. All lines or none.
 * @throws DomainError `account-file-invalid` with every problem, each with its line
 */
export async function importAccounts(ctx: Context, lines: AccountLine[]): Promise<Imported> {
  requireOperator(ctx)
  return ctx.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${IMPORT_LOCK})`)
    const imported: Imported = { accounts: 0, unchanged: 0, customers: 0, owners: 0, people: 0 }
    const problems: string[] = []
    for (const line of lines) {
      const problem = await importLine(tx, ctx, line, imported)
      if (problem !== null) problems.push(`line ${line.line}: ${problem}`)
    }
    if (problems.length > 0) throw accountFileInvalid(problems)
    return imported
  })
}

async function importLine(
  tx: Transaction,
  ctx: Context,
  line: AccountLine,
  imported: Imported,
): Promise<string | null> {
  const account = await store.findRecordedAccount(tx, line.iban, line.environment)
  const contradiction = account && contradictionOf(account, line)
  if (contradiction) return contradiction
  const person = await enterPerson({ ...ctx, db: tx }, { email: line.holder_email, name: line.holder_name })
  if (person === null) return `nobody has the address ${line.holder_email} yet: give a holder_name`
  if (person.isNew) imported.people += 1

  const known = account?.customerId ?? (await store.findOwnedCustomer(tx, person.id, line))
  const customerId = known ?? (await enterCustomer(tx, ctx, line))
  if (known === null) imported.customers += 1
  const role = await store.findRole(tx, person.id, customerId)
  if (role === 'viewer') return `${line.holder_email} only looks at this customer: make them an owner first`
  if (role === null) {
    await enterOwner(tx, ctx, person.id, customerId)
    imported.owners += 1
  }
  if (account) {
    imported.unchanged += 1
    return null
  }
  await enterAccount(tx, ctx, line, customerId)
  imported.accounts += 1
  return null
}

function contradictionOf(account: store.RecordedAccount, line: AccountLine): string | null {
  if (account.closedAt !== null) return 'iban is that of a closed account'
  if (account.currency !== line.currency) return `currency is ${account.currency} for this account`
  if (account.customerKind === line.customer_kind && account.customerName === line.customer_name) return null
  return `iban is held by the ${account.customerKind} customer “${account.customerName}”`
}

async function enterCustomer(tx: Transaction, ctx: Context, line: AccountLine): Promise<string> {
  const customerId = newId('customer')
  await store.insertCustomer(tx, {
    id: customerId,
    kind: line.customer_kind,
    name: line.customer_name,
    // Who holds a real account has shown the institution who they are. A sandbox name is anybody's invention.
    nameVerifiedAt: line.environment === 'production' ? ctx.now : null,
    createdAt: ctx.now,
  })
  const data = { kind: line.customer_kind, imported: true, nameVerified: line.environment === 'production' }
  await recordEvent(tx, ctx, { action: 'customer.created', customerId, subjectId: customerId, data })
  return customerId
}

async function enterOwner(tx: Transaction, ctx: Context, personId: string, customerId: string): Promise<void> {
  const id = newId('membership')
  await store.insertMembership(tx, { id, personId, customerId, role: 'owner', createdAt: ctx.now })
  const data = { role: 'owner', imported: true }
  await recordEvent(tx, ctx, { action: 'membership.added', customerId, personId, subjectId: id, data })
}

async function enterAccount(tx: Transaction, ctx: Context, line: AccountLine, customerId: string): Promise<void> {
  const { iban, currency, environment } = line
  const id = newId('account')
  const name = line.account_name || 'Account'
  await store.insertAccount(tx, { id, customerId, environment, iban, currency, name, createdAt: ctx.now })
  await recordEvent(tx, ctx, { action: 'account.imported', customerId, environment, subjectId: id })
}
