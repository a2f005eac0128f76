import { expect, test } from 'vitest'
import { testDatabase } from '@/db/testing'
import {
  FIND_ROTATION,
  ISSUE_APPLICATION_TOKENS,
  ISSUE_CONNECTION_TOKENS,
  REFRESH_TOKENS,
  VALIDATE_TOKENS,
} from './statements'

const { sql } = await testDatabase()

const STATEMENTS = {
  issue: ISSUE_APPLICATION_TOKENS.first,
  'issue again': ISSUE_APPLICATION_TOKENS.again,
  'issue for a connection': ISSUE_CONNECTION_TOKENS.first,
  refresh: REFRESH_TOKENS,
  validate: VALIDATE_TOKENS,
  'find a used refresh token': FIND_ROTATION,
}

// A plan is made once and kept: the one for tables that are new and empty has to do for ten million rows.
test.each(Object.entries(STATEMENTS))(
  '%s reads no table of tokens whole, planned on empty tables',
  async (_, statement) => {
    const plan = await sql.begin(async (tx) => {
      await tx.unsafe(`prepare statement as ${statement}`)
      await tx`set local plan_cache_mode = force_generic_plan`
      const parameters = Array.from(
        { length: Math.max(...[...statement.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n))) },
        () => 'null',
      )
      const rows = await tx.unsafe<{ 'QUERY PLAN': string }[]>(
        `explain (costs off) execute statement(${parameters.join(', ')})`,
      )
      await tx`deallocate statement`
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(plan).toMatch(/ on (token_families|access_tokens|token_rotations)/)
    expect(plan).not.toMatch(/Seq Scan on (token_families|access_tokens|token_rotations)/)
    expect(plan).not.toMatch(/Seq Scan on application_secrets/)
    expect(plan).not.toMatch(/Hash .*\n.*Scan on (token_families|access_tokens)/)
  },
)
