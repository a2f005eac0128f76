import { expect, test } from 'vitest'
import { testDatabase } from '@/db/testing'
import { newFamilyId } from '@/lib/core/new-family-id'
import { addDays, addMs } from '@/lib/core/time'
import { FIND_USED_TOKEN } from './oauth-statements'
import {
  FIND_ROTATION,
  ISSUE_APPLICATION_TOKENS,
  ISSUE_CONNECTION_TOKENS,
  REFRESH_TOKENS,
  VALIDATE_TOKENS,
} from './statements'
import { planOf } from './testing/plan-of'
import { REFRESH_GRACE_SECONDS } from './token-pair'

const { sql } = await testDatabase()

const STATEMENTS = {
  issue: ISSUE_APPLICATION_TOKENS.first,
  'issue again': ISSUE_APPLICATION_TOKENS.again,
  'issue for a connection': ISSUE_CONNECTION_TOKENS.first,
  refresh: REFRESH_TOKENS,
  validate: VALIDATE_TOKENS,
  'find a used refresh token': FIND_ROTATION,
  'find a used refresh token of /oauth2/token': FIND_USED_TOKEN,
}

// A plan is made once and kept: the one for tables that are new and empty has to do for ten million rows.
test.each(Object.entries(STATEMENTS))(
  '%s reads no table of tokens whole, planned on empty tables',
  async (_, statement) => {
    const plan = await planOf(sql, statement)
    expect(plan).toMatch(/ on (token_families|access_tokens|token_rotations)/)
    expect(plan).not.toMatch(/Seq Scan on (token_families|access_tokens|token_rotations)/)
    expect(plan).not.toMatch(/Seq Scan on application_secrets/)
    expect(plan).not.toMatch(/Hash .*\n.*Scan on (token_families|access_tokens)/)
  },
)

// security.md, Credentials: what is given out again for a short while leaves the database only within it.
test.each([
  ['/oa2/v1', FIND_ROTATION, null],
  ['/oauth2/token', FIND_USED_TOKEN, ['psd2-ais']],
] as const)(
  'the sealed successor of a used refresh token of %s is selected within 30 s alone',
  async (_, statement, scopes) => {
    const rotatedAt = new Date()
    const id = newFamilyId(rotatedAt.getTime())
    await sql`
    insert into token_families (id, application_id, environment, secret_id, refresh_key, refresh_hash, access_hash, scopes, expires_at, created_at)
    values (${id}, 'app_x', 'sandbox', 'sec_x', 1, sha256(${id}::bytea), '', ${scopes as string[] | null}, ${addDays(rotatedAt, 180)}, ${rotatedAt})`
    const [used] = await sql<{ hex: string }[]>`
    insert into token_rotations (refresh_hash, family_id, access_hash, rotated_at, successor_sealed)
    values (sha256(${`used ${id}`}::bytea), ${id}, '', ${rotatedAt}, 'sealed') returning encode(refresh_hash, 'hex') as hex`
    const at = async (ms: number) => {
      const parameters = [addMs(rotatedAt, ms), used?.hex as string, REFRESH_GRACE_SECONDS]
      const [row] = await sql.unsafe<{ late: boolean; age_seconds: number; successor_sealed: Buffer | null }[]>(
        statement,
        parameters,
      )
      return { late: row?.late, age: row?.age_seconds, given: row?.successor_sealed?.toString() ?? null }
    }
    // Another replica's clock may be a little behind the one that rotated.
    expect(await at(-100)).toEqual({ late: false, age: 0, given: 'sealed' })
    expect(await at(1999)).toEqual({ late: false, age: 1, given: 'sealed' })
    expect(await at(30_000)).toEqual({ late: false, age: 30, given: 'sealed' })
    expect(await at(30_001)).toEqual({ late: true, age: 30, given: null })
  },
)
