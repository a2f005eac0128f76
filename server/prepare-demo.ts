import type { Connected } from '@/db/client'
import { seedDemo } from '@/db/seed'
import { env } from '@/lib/env/env'

/** Demo people and accounts are there by themselves at every start in demo mode, and never otherwise. */
export async function prepareDemo(db: Connected['db']): Promise<void> {
  if (env().demo) await seedDemo(db)
}
