import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { isIban } from '@/lib/core/iban'
import { parseKeyRing } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import { verifyPassword } from '@/lib/people/password'
import { people } from './schema/people'
import { settings } from './schema/settings'
import { seedDemo } from './seed'
import { testDatabase } from './testing'

const { db } = await testDatabase()
const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-seed-'))
env().dataDir = directory
env().demoPassword = null
afterAll(() => rm(directory, { recursive: true, force: true }))

async function hashOf(email: string) {
  const [row] = await db.select({ hash: people.passwordHash }).from(people).where(eq(people.email, email))
  return row?.hash ?? null
}

test('two replicas that start together make the same people once, and tell the same password', async () => {
  const [one, two] = await Promise.all([seedDemo(db), seedDemo(db)])
  expect(one).toEqual(two)
  expect(
    one.people.map(({ email, customers }) => [email, customers.map(({ name, kind }) => `${kind} ${name}`)]),
  ).toEqual([
    ['operator@demo.test', []],
    ['owner@demo.test', ['business Demo Shop Srl']],
    ['developer@demo.test', []],
    ['payer@demo.test', ['personal Paulius Jonaitis', 'business Payer UAB']],
  ])
  for (const { iban } of one.people.flatMap(({ customers }) => customers.flatMap(({ accounts }) => accounts))) {
    expect(isIban(iban)).toBe(true)
  }
  const [count] = await db.execute(sql`select count(*)::int as n from people`)
  expect(count?.n).toBe(4)
  const [operators] = await db.execute(
    sql`select string_agg(email, ',') as e from people where operator_since is not null`,
  )
  expect(operators?.e).toBe('operator@demo.test')
  expect(await verifyPassword(await hashOf('payer@demo.test'), one.people[0]?.password ?? '')).toBe(true)
})

test('the sign-ins are in demo.json, which its owner alone can read; the database holds no plain password', async () => {
  const file = await seedDemo(db)
  const where = path.join(directory, 'demo.json')
  expect(JSON.parse(await readFile(where, 'utf8'))).toEqual(file)
  expect((await stat(where)).mode & 0o777).toBe(0o600)
  const rows = await db.select().from(settings)
  expect(Buffer.concat(rows.map(({ sealed }) => sealed)).includes(file.people[0]?.password ?? '')).toBe(false)
})

test('a password that a demo person chose stays, until DEMO_PASSWORD says another', async () => {
  await seedDemo(db)
  await db.update(people).set({ passwordHash: 'own' }).where(eq(people.email, 'owner@demo.test'))
  await seedDemo(db)
  expect(await hashOf('owner@demo.test')).toBe('own')
  env().demoPassword = 'correct horse battery'
  const file = await seedDemo(db)
  expect(file.people[0]?.password).toBe('correct horse battery')
  expect(await verifyPassword(await hashOf('owner@demo.test'), 'correct horse battery')).toBe(true)
  env().demoPassword = null
  expect((await seedDemo(db)).people[0]?.password).toBe('correct horse battery')
})

test('with a SECRET_KEY that no longer opens the kept password, there is a new one that works', async () => {
  const before = await seedDemo(db)
  const keys = env().secretKeys
  env().secretKeys = parseKeyRing(Buffer.alloc(32, 7).toString('base64'))
  const after = await seedDemo(db)
  env().secretKeys = keys
  expect(after.people[0]?.password).not.toBe(before.people[0]?.password)
  expect(await verifyPassword(await hashOf('owner@demo.test'), after.people[0]?.password ?? '')).toBe(true)
})
