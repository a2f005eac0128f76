import path from 'node:path'
import { sql } from 'drizzle-orm'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { Database } from './client'
import { makePartitions } from './partitions'

// Any constant will do; it must be the same in every replica.
const MIGRATION_LOCK = 7_236_149_001

/**
 * Brings the schema to the state of `db/migrations`, in one transaction under an advisory lock: of several replicas that
 * start together one migrates and the others find it done. Returns how many migrations it applied.
 */
export async function migrate(db: Database, folder = path.resolve('db/migrations')): Promise<number> {
  const migrations = readMigrationFiles({ migrationsFolder: folder })
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`)
    await tx.execute(sql`
      create table if not exists schema_migrations (hash text primary key, made_at bigint not null, applied_at timestamptz not null default now())`)
    const applied = await tx.execute<{ hash: string }>(sql`select hash from schema_migrations`)
    const known = new Set(applied.map((row) => row.hash))
    const missing = migrations.filter((migration) => !known.has(migration.hash))
    for (const migration of missing) {
      for (const statement of migration.sql) await tx.execute(sql.raw(statement))
      await tx.execute(
        sql`insert into schema_migrations (hash, made_at) values (${migration.hash}, ${migration.folderMillis})`,
      )
    }
    await makePartitions(tx)
    return missing.length
  })
}

/** Whether every migration of this build is in the database: for `/readyz`. */
export async function isMigrated(db: Database, folder = path.resolve('db/migrations')): Promise<boolean> {
  const wanted = readMigrationFiles({ migrationsFolder: folder }).map((migration) => migration.hash)
  const applied = await db.execute<{ hash: string }>(sql`select hash from schema_migrations`)
  const known = new Set(applied.map((row) => row.hash))
  return wanted.every((hash) => known.has(hash))
}
