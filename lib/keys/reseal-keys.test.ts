import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aCustomer, anAccount, anApplication, aPerson } from '@/db/factories'
import { connections } from '@/db/schema/connections'
import { totpFactors } from '@/db/schema/people'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { newId, newWireId } from '@/lib/core/ids'
import { type KeyRing, open, parseKeyRing, seal } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import { resealKeys } from './reseal-keys'
import { SEALED_COLUMNS } from './sealed-columns'

const { db } = await testDatabase()
const ctx = testContext(db, { kind: 'operator', name: 'test' })
const [old, fresh] = [aRing(), aRing()]
const both = [...fresh, ...old]
const before = env().secretKeys

beforeEach(() => useKeys(both))
afterEach(() => useKeys(before))

function aRing(): KeyRing {
  return parseKeyRing(randomBytes(32).toString('base64'))
}

function useKeys(secretKeys: KeyRing): void {
  Object.assign(env(), { secretKeys })
}

async function anApp(ring: KeyRing): Promise<string> {
  const id = newId('totp')
  const person = await aPerson(db)
  const secretSealed = seal(ring, 'totp-secret', `secret of ${id}`, id)
  await db.insert(totpFactors).values({ id, personId: person.id, secretSealed, acceptsFrom: new Date() })
  return id
}

async function secretOf(id: string, ring: KeyRing): Promise<string | null> {
  const [row] = await db.execute<{ sealed: Buffer }>(
    sql`select secret_sealed as sealed from totp_factors where id = ${id}`,
  )
  return open(ring, 'totp-secret', row?.sealed as Buffer, id)
}

/** `{what: count}` of what is not nothing. */
function counted(values: { what: string; resealed: number; unopened: number }[], which: 'resealed' | 'unopened') {
  return Object.fromEntries(values.map((value) => [value.what, value[which]]).filter(([, count]) => count !== 0))
}

test('every sealed column of the schema is resealed, but what is sealed under a refresh token', async () => {
  const rows = await db.execute<{ name: string }>(sql`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and data_type = 'bytea' and column_name ~ 'sealed$' order by 1`)
  const known = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`)
  expect(rows.map(({ name }) => name)).toEqual([...known, 'token_rotations.successor_sealed'].toSorted())
})

test('what an old key sealed opens with the new one alone, whatever it is and however many there are', async () => {
  const owner = await aPerson(db)
  const customer = await aCustomer(db, owner.id)
  const application = await anApplication(db, customer.id)
  const account = await anAccount(db, customer.id)
  const connectionId = newWireId('connection')
  await db.insert(connections).values({
    ...{ id: connectionId, applicationId: application.id, environment: 'sandbox', accountId: account.id },
    ...{
      customerId: customer.id,
      grantedBy: owner.id,
      grantedAt: new Date(),
      codeHash: randomBytes(32),
      codeHint: 'x',
    },
    ...{ codeSealed: seal(old, 'connection-code', 'the code', connectionId), codeSealedUntil: new Date() },
  })
  await db.execute(sql`insert into settings (name, sealed)
    values ('demo-password', ${seal(old, 'demo-password', 'the password', 'demo-password')})
    on conflict (name) do update set sealed = excluded.sealed`)
  const apps = await Promise.all(Array.from({ length: 501 }, () => anApp(old)))
  const current = await anApp(both)

  const report = await resealKeys(ctx)
  expect(report.keyId).toBe(fresh[0]?.id)
  expect(counted(report.values, 'resealed')).toEqual({ settings: 1, authenticator_apps: 501, connection_codes: 1 })
  expect(counted(report.values, 'unopened')).toEqual({})
  for (const id of [apps[0], apps[500], current] as string[]) expect(await secretOf(id, fresh)).toBe(`secret of ${id}`)
  const [row] = await db.execute<{ code: Buffer; password: Buffer }>(sql`select code_sealed as code,
    (select sealed from settings where name = 'demo-password') as password from connections where id = ${connectionId}`)
  expect(open(fresh, 'connection-code', row?.code as Buffer, connectionId)).toBe('the code')
  expect(open(fresh, 'demo-password', row?.password as Buffer, 'demo-password')).toBe('the password')

  const events = await db.execute<{ data: { what: string; count: number } }>(
    sql`select data from audit_events where action = 'keys.resealed' order by id`,
  )
  expect(events.map(({ data }) => [data.what, data.count])).toEqual([
    ['settings', 1],
    ['authenticator_apps', 500],
    ['authenticator_apps', 1],
    ['connection_codes', 1],
  ])
  const again = await resealKeys(ctx)
  expect(counted(again.values, 'resealed')).toEqual({})
})

test('what no key opens is counted and left as it is; audit rows of older keys are named', async () => {
  const id = await anApp(aRing())
  const rowsBefore = (await resealKeys(ctx)).bound.auditRows
  useKeys([...aRing(), ...both])
  const report = await resealKeys(ctx)
  expect(counted(report.values, 'unopened')).toEqual({ authenticator_apps: 1 })
  expect(report.bound.auditRows).toBeGreaterThan(rowsBefore)
  useKeys(both)
  expect(await secretOf(id, both)).toBeNull()
})

test('two at once leave every value readable', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => anApp(old)))
  await Promise.all([resealKeys(ctx), resealKeys(ctx)])
  for (const id of ids) expect(await secretOf(id, fresh)).toBe(`secret of ${id}`)
})

test('only an operator may', async () => {
  const person = await aPerson(db)
  await expect(resealKeys(testContext(db, personActor(person.id)))).rejects.toMatchObject({
    reason: 'operator-required',
  })
})
