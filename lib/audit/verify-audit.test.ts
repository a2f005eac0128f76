import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { testContext, testDatabase } from '@/db/testing'
import { chainEvents } from './chain-events'
import { parseAuditHead, readAuditHead } from './read-head'
import { recordEvent } from './record-event'
import { verifyAudit } from './verify-audit'

const { db } = await testDatabase()
const ctx = testContext(db, { kind: 'system', name: 'test' })

async function record(count: number): Promise<void> {
  await db.transaction(async (tx) => {
    for (let i = 0; i < count; i++)
      await recordEvent(tx, ctx, { action: 'test.happened', subjectId: `s${i}`, data: { i } })
  })
}

/** What an attacker with the table's ownership could do; the product's own statements cannot. */
async function tamper(statement: ReturnType<typeof sql>): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(statement)
  })
}

test('a whole audit verifies, linked and not yet linked rows alike, and two chainers at once make one chain', async () => {
  await record(30)
  await Promise.all([chainEvents(db, 0), chainEvents(db, 0)])
  await record(5)
  expect(await verifyAudit(ctx)).toEqual({ ok: true, rows: 35, first_broken: null })
})

test('rows cannot be changed or deleted', async () => {
  await expect(db.execute(sql`update audit_events set action = 'x'`)).rejects.toThrow()
  await expect(db.execute(sql`delete from audit_events`)).rejects.toThrow()
  await expect(db.execute(sql`delete from audit_links`)).rejects.toThrow()
})

test('the first row that was changed behind our back is named', async () => {
  const [row] = await db.execute<{ id: string }>(sql`select id from audit_events order by id offset 10 limit 1`)
  await tamper(sql`update audit_events set data = '{"i": 99}' where id = ${row?.id}::bigint`)
  expect(await verifyAudit(ctx)).toMatchObject({ ok: false, first_broken: Number(row?.id) })
  await tamper(sql`update audit_events set data = '{"i": 10}' where id = ${row?.id}::bigint`)
  expect((await verifyAudit(ctx)).ok).toBe(true)
})

test('a row that was taken away is noticed', async () => {
  const [row] = await db.execute<{ id: string }>(sql`select id from audit_events order by id offset 20 limit 1`)
  await tamper(sql`delete from audit_events where id = ${row?.id}::bigint`)
  expect(await verifyAudit(ctx)).toMatchObject({ ok: false, first_broken: Number(row?.id) })
})

test('a chain that was cut off, or written anew by who has the key, shows against a head that was kept', async () => {
  // What the tests before took away is gone; a chain of its own.
  await tamper(sql`truncate audit_links, audit_events`)
  await record(10)
  await chainEvents(db, 0)
  const operator = testContext(db, { kind: 'operator', name: 'test' })
  const head = await readAuditHead(operator)
  expect(head).toEqual({ position: 10, hash: expect.stringMatching(/^[0-9a-f]{64}$/), at: operator.now })
  await record(3)
  await chainEvents(db, 0)
  expect(await verifyAudit(ctx, head)).toEqual({ ok: true, rows: 13, first_broken: null })

  const [fifth] = await db.execute<{ id: string }>(sql`select event_id as id from audit_links where position = 5`)
  const [sixth] = await db.execute<{ id: string }>(sql`select event_id as id from audit_links where position = 6`)
  await tamper(sql`delete from audit_links where position > 5`)
  await tamper(sql`delete from audit_events where id > ${fifth?.id}::bigint`)
  expect(await verifyAudit(ctx)).toMatchObject({ ok: true, rows: 5 })
  expect(await verifyAudit(ctx, head)).toEqual({ ok: false, rows: 5, first_broken: Number(sixth?.id) })

  await record(8)
  await chainEvents(db, 0)
  expect(await verifyAudit(ctx)).toMatchObject({ ok: true, rows: 13 })
  const [tenth] = await db.execute<{ id: string }>(sql`select event_id as id from audit_links where position = 10`)
  expect(await verifyAudit(ctx, head)).toMatchObject({ ok: false, first_broken: Number(tenth?.id) })
})

test('a head is read as it is written in a line or a file, and nothing else is one', () => {
  const hash = 'ab'.repeat(32)
  for (const text of [`7:${hash}`, ` 7:${hash}\n`, JSON.stringify({ position: 7, hash, at: 'x' })]) {
    expect(parseAuditHead(text)).toEqual({ position: 7, hash })
  }
  expect(parseAuditHead('{"position":0,"hash":""}')).toEqual({ position: 0, hash: '' })
  for (const text of ['', '7', '7:', `0:${hash}`, `x:${hash}`, '7:ab', '{', '{}', '[]', `-1:${hash}`]) {
    expect(() => parseAuditHead(text), text).toThrow(/A head is/)
  }
})
