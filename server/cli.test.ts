import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { aCustomer, anAccount, aPerson } from '@/db/factories'
import { applicationSecrets } from '@/db/schema/credentials'
import { testDatabase } from '@/db/testing'
import { isApplicationSecret, isHexToken, sha256 } from '@/lib/core/secrets'

const { db, url } = await testDatabase()
const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-cli-'))
afterAll(() => rm(directory, { recursive: true, force: true }))

type Outcome = { code: number | null; stdout: string; stderr: string }

async function countersign(...args: string[]): Promise<Outcome> {
  const environment = { ...process.env, DATABASE_URL: url, DATA_DIR: directory, DEMO: '1' }
  const child = spawn(process.execPath, ['scripts/countersign.mjs', ...args], { env: environment })
  const outcome: Outcome = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    outcome.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    outcome.stderr += chunk
  })
  outcome.code = await new Promise((resolve) => child.on('close', resolve))
  return outcome
}

async function json(...args: string[]) {
  const outcome = await countersign(...args, '--json')
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  return JSON.parse(outcome.stdout)
}

async function anOwnerWithBusiness() {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  return { person, customer }
}

// A command is a process of its own, and the machine may be busy.
describe('commands', { timeout: 90_000 }, () => {
  test('what is not understood ends with 2, the reason and the help; asking for help does not', async () => {
    const outcome = await countersign('secret', 'revoke')
    expect(outcome).toMatchObject({ code: 2, stdout: '' })
    expect(outcome.stderr).toContain('secret revoke: ID is missing')
    expect(outcome.stderr).toContain('application create')
    const help = await countersign('--help')
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toContain('audit verify')
  })

  test('demo prints the people as demo.json holds them', async () => {
    const { people } = await json('demo')
    expect(people.map(({ email }: { email: string }) => email)).toContain('payer@demo.test')
    expect((await countersign('demo')).stdout).toContain('owner@demo.test')
  })

  test('application create gives a key and a secret that is stored as its hash alone', async () => {
    const { person } = await anOwnerWithBusiness()
    const callbacks = ['--callback', 'https://shop.example/a', '--callback', 'https://shop.example/b']
    const scope = ['--scope', 'psd2-ais psd2-pis', '--profile', 'legacy']
    const made = await json('application', 'create', '--owner', person.email, '--name', 'Shop', ...callbacks, ...scope)
    expect(Object.keys(made)).toEqual(['application_id', 'client_id', 'client_secret'])
    expect(isHexToken(made.client_id)).toBe(true)
    expect(isApplicationSecret(made.client_secret)).toBe(true)
    const [row] = await db
      .select({ hash: applicationSecrets.secretHash })
      .from(applicationSecrets)
      .where(eq(applicationSecrets.applicationId, made.application_id))
    expect(row?.hash.equals(sha256(made.client_secret))).toBe(true)
    const [found] = await db.execute(sql`
      select (select count(*)::int from callbacks where application_id = ${made.application_id}) as callbacks, profile, scopes
      from application_environments where application_id = ${made.application_id}`)
    expect(found).toEqual({ callbacks: 2, profile: 'legacy', scopes: ['psd2-ais', 'psd2-pis'] })
  })

  test('application create is refused with the reason, and leaves nothing behind', async () => {
    const { person, customer } = await anOwnerWithBusiness()
    const create = ['application', 'create', '--name', 'Shop', '--owner']
    const refusals = [
      [...create, 'nobody@example.test'],
      [...create, person.email, '--customer', 'Another Srl'],
      [...create, person.email, '--callback', 'http://shop.example/'],
      [...create, person.email, '--scope', 'everything'],
    ]
    for (const args of refusals) {
      const outcome = await countersign(...args)
      expect(outcome).toMatchObject({ code: 1, stdout: '' })
      expect(outcome.stderr.split('\n')).toHaveLength(2)
    }
    const [left] = await db.execute(sql`select count(*)::int as n from applications where customer_id = ${customer.id}`)
    expect(left?.n).toBe(0)
  })

  test('an application is suspended and resumed by id or key, its secrets listed and revoked', async () => {
    const { person } = await anOwnerWithBusiness()
    const made = await json('application', 'create', '--owner', person.email, '--name', 'Shop')
    expect(await json('application', 'suspend', made.client_id)).toEqual({
      application_id: made.application_id,
      suspended: true,
    })
    expect((await json('application', 'resume', made.application_id)).suspended).toBe(false)
    const [secret] = await json('secret', 'list', '--application', made.client_id)
    expect(secret).toMatchObject({ state: 'active', hint: expect.stringMatching(/^cs_sk_sandbox_…/) })
    expect(await json('secret', 'revoke', secret.secret_id)).toMatchObject({ state: 'revoked' })
    expect((await json('secret', 'list', '--application', made.application_id))[0].state).toBe('revoked')
    for (const args of [
      ['application', 'suspend', 'app_missing'],
      ['secret', 'list', '--application', 'app_missing'],
      ['secret', 'revoke', 'sec_missing'],
    ]) {
      expect(await countersign(...args)).toMatchObject({ code: 1, stdout: '' })
    }
  })

  test('a connection is granted for a sandbox account and revoked', async () => {
    const { person, customer } = await anOwnerWithBusiness()
    const account = await anAccount(db, customer.id)
    const made = await json('application', 'create', '--owner', person.email, '--name', 'Shop')
    const iban = account.iban.replace(/(.{4})/g, '$1 ')
    const granted = await json('connection', 'grant', '--application', made.client_id, '--account', iban)
    expect(Object.keys(granted)).toEqual(['connection_id', 'connection_code'])
    expect(granted.connection_id).toMatch(/^CON[0-9A-Z]{10}$/)
    await json('connection', 'revoke', granted.connection_id)
    const [row] = await db.execute(sql`select revoked_at from connections where id = ${granted.connection_id}`)
    expect(row?.revoked_at).not.toBeNull()
    expect(await countersign('connection', 'revoke', 'CON0000000000')).toMatchObject({ code: 1, stdout: '' })
  })

  test('core and operator are made, a core once per name', async () => {
    const core = await json('core', 'create', '--name', 'Ledger')
    expect(Object.keys(core)).toEqual(['client_id', 'client_secret'])
    expect(await countersign('core', 'create', '--name', 'Ledger')).toMatchObject({ code: 1, stdout: '' })
    const operator = await json('operator', 'create', '--email', 'staff@example.test')
    expect(operator).toMatchObject({ email: 'staff@example.test', password: expect.any(String) })
  })

  test('audit verify says that all is whole, and names a row that was changed', async () => {
    const whole = await json('audit', 'verify')
    expect(whole).toEqual({ ok: true, rows: expect.any(Number), first_broken: null })
    const [victim] = await db.execute<{ id: string }>(sql`select min(id)::text as id from audit_events`)
    await db.execute(sql`alter table audit_events disable trigger all`)
    await db.execute(sql`update audit_events set action = 'nothing.happened' where id = ${victim?.id}::bigint`)
    const broken = await countersign('audit', 'verify', '--json')
    expect(broken.code).toBe(1)
    expect(JSON.parse(broken.stdout)).toMatchObject({ ok: false, first_broken: Number(victim?.id) })
  })
})
