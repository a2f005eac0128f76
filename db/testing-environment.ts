import { randomBytes } from 'node:crypto'
import { afterAll, inject } from 'vitest'
import { closeTestDatabases } from './testing'

// What the product needs of its environment, the same for every test file.
process.env.DATABASE_URL ??= inject('databaseUrl')
process.env.SECRET_KEY ??= randomBytes(32).toString('base64')
process.env.DEMO ??= '1'
process.env.PUBLIC_URL ??= 'http://localhost:3000'

// Files of one worker share its modules, which are most of what a file costs. What the product keeps once per process begins anew.
for (const key of Object.getOwnPropertySymbols(globalThis)) {
  if (key.description?.startsWith('countersign.')) delete (globalThis as Record<symbol, unknown>)[key]
}

afterAll(closeTestDatabases)
