import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'

/** Until the transaction ends, so that what is counted of this Customer next is counted alone. */
export async function holdCustomer(tx: Transaction, customerId: string): Promise<void> {
  await tx.execute(sql`select 1 from customers where id = ${customerId} for no key update`)
}
