import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgTransaction } from 'drizzle-orm/pg-core'
import type { PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import pg from 'pg'
import postgres from 'postgres'

type NoSchema = Record<string, never>
export type Transaction = PgTransaction<PostgresJsQueryResultHKT, NoSchema, ExtractTablesWithRelations<NoSchema>>
/** The pool or a transaction: verbs take either; a nested `transaction` is a savepoint. */
export type Database = PostgresJsDatabase<NoSchema> | Transaction

export type Connected = { db: PostgresJsDatabase<NoSchema>; sql: postgres.Sql; close(): Promise<void> }

/** `prepare: false` is for PgBouncer in transaction mode, where a named statement may land on another server connection. */
export function connectDatabase(url: string, options: { prepare: boolean; max?: number }): Connected {
  const sql = postgres(url, {
    max: options.max ?? 10,
    prepare: options.prepare,
    connect_timeout: 10,
    backoff: secondsToNextTry,
    idle_timeout: 60,
    onnotice: () => undefined,
    connection: { application_name: 'countersign' },
  })
  // drizzle sets the driver's date parsers and serializers to text for the client it is given; the raw client used by the
  // token statements has to be another one.
  const raw = postgres(url, {
    max: Math.max(2, Math.ceil((options.max ?? 10) / 2)),
    prepare: options.prepare,
    connect_timeout: 10,
    backoff: secondsToNextTry,
    idle_timeout: 60,
    onnotice: () => undefined,
    // The token statements are planned once for each connection: a partition that is pruned while planning makes another plan
    // for each call look cheaper, and that planning costs more than the call (lib/oauth/statements.test.ts judges that plan).
    connection: { application_name: 'countersign tokens', ...(options.prepare ? GENERIC_PLANS : {}) },
  })
  return {
    db: drizzle(sql),
    sql: raw,
    close: async () => {
      await Promise.all([sql.end({ timeout: 5 }), raw.end({ timeout: 5 })])
    },
  }
}

/** A pooler might refuse it, and keeps no plans. */
const GENERIC_PLANS = { plan_cache_mode: 'force_generic_plan' }

/** A database that comes back is found within a second; the driver's own patience grows to twenty. */
function secondsToNextTry(failures: number): number {
  return Math.min(2 ** failures / 20, 1) * (0.5 + Math.random() / 2)
}

/**
 * Whether a pooler answers instead of PostgreSQL: it tells a process id of its own at connecting. Named prepared statements
 * are then left out, since in transaction mode the next transaction may run on another server connection.
 */
export async function isPooled(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    return rows[0]?.pid !== (client as unknown as { processID: number }).processID
  } finally {
    await client.end()
  }
}

const KEY = Symbol.for('countersign.database')
type Holder = { [KEY]?: Connected }

/** The process's own pool. Both roads share it, although they have separate module graphs. Set once by server/main.ts. */
export function setDatabase(connected: Connected): void {
  ;(globalThis as Holder)[KEY] = connected
}

export function database(): Connected {
  const connected = (globalThis as Holder)[KEY]
  if (!connected) throw new Error('the database is not connected yet')
  return connected
}
