import { expect, test } from 'vitest'
import { testDatabase } from '@/db/testing'
import * as statements from './oauth-statements'
import { planOf } from './testing/plan-of'

const { sql } = await testDatabase()

const { FIND_CLIENTS: _, ...others } = statements
const OF_TOKENS = Object.entries(others).filter(([, text]) => /^\s*(select|with|insert|update)\b/.test(text))

// A plan is made once and kept: the one for tables that are new and empty has to do for ten million rows.
test.each(OF_TOKENS)('%s reads no table of tokens whole, planned on empty tables', async (_, statement) => {
  const plan = await planOf(sql, statement)
  expect(plan).toMatch(/ on (token_families|access_tokens|token_rotations)/)
  expect(plan).not.toMatch(/Seq Scan on (token_families|access_tokens|token_rotations)/)
  expect(plan).not.toMatch(/Hash .*\n.*Scan on (token_families|access_tokens)/)
})
