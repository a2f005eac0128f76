import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { aCustomer, anAccount, aPerson } from '@/db/factories'
import { applicationSecrets, cores } from '@/db/schema/credentials'
import { revocationSources } from '@/db/schema/revocation'
import { testDatabase } from '@/db/testing'
import { chainEvents } from '@/lib/audit/chain-events'
import { bumpTrustStore, trustStoreVersion } from '@/lib/certificates/bump-trust-store'
import { reportTrustStore } from '@/lib/certificates/report-trust-store'
import { anAuthority, issueChain } from '@/lib/certificates/testing/issue-chain'
import { toPem } from '@/lib/certificates/testing/make-certificate'
import { makeChain, NOW } from '@/lib/certificates/testing/make-chain'
import { makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { newId } from '@/lib/core/ids'
import { isApplicationSecret, isHexToken, sha256 } from '@/lib/core/secrets'
import { type CommandOutcome, runCommand } from './run-command'

type Outcome = CommandOutcome & { stdout: string }

const { db, url } = await testDatabase()
const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-cli-'))
afterAll(() => rm(directory, { recursive: true, force: true }))

/** In this process, on the test's database: what a process of its own adds is under test at the end. */
async function countersign(...args: string[]): Promise<Outcome> {
  let stdout = ''
  const open = async () => ({ close: async () => undefined })
  const outcome = await runCommand(args, open, async (told) => {
    stdout += told
  })
  return { ...outcome, stdout }
}

/** As an operator gives it. */
async function spawnCountersign(args: string[], more: Record<string, string> = {}): Promise<Outcome> {
  const env = { ...process.env, DATABASE_URL: url, DATA_DIR: directory, DEMO: '1', ...more }
  const child = spawn(process.execPath, ['scripts/countersign.mjs', ...args], { env })
  const outcome: Outcome = { code: -1, stdout: '', stderr: '' }
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

describe('commands', () => {
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

  test('application create for production approves it: a key and secret of its own, beside a sandbox', async () => {
    const { person } = await anOwnerWithBusiness()
    const place = ['--environment', 'production', '--callback', 'https://shop.example/a', '--profile', 'legacy']
    const made = await json('application', 'create', '--owner', person.email, '--name', 'Shop', ...place)
    expect(made.client_secret).toMatch(/^cs_sk_production_/)
    const environments = await db.execute(sql`
      select e.environment, e.client_id = ${made.client_id} as told, e.profile, count(distinct c.id)::int as callbacks,
        count(distinct s.id)::int as secrets
      from application_environments e
      left join callbacks c on c.application_id = e.application_id and c.environment = e.environment
      left join application_secrets s on s.application_id = e.application_id and s.environment = e.environment
      where e.application_id = ${made.application_id} group by 1, 2, 3 order by 1`)
    expect([...environments]).toEqual([
      { environment: 'production', told: true, profile: 'legacy', callbacks: 1, secrets: 1 },
      { environment: 'sandbox', told: false, profile: 'legacy', callbacks: 0, secrets: 0 },
    ])
    const approvals = await db.execute(sql`
      select actor_kind, environment from audit_events
      where action = 'production.approved' and application_id = ${made.application_id}`)
    expect([...approvals]).toEqual([{ actor_kind: 'operator', environment: 'production' }])
    const [secret] = await json('secret', 'list', '--application', made.client_id, '--environment', 'production')
    expect(secret).toMatchObject({ state: 'active', environment: 'production' })
    expect(await json('secret', 'list', '--application', made.client_id)).toEqual([])
  })

  test('account import takes a file as a whole, names what is wrong with it, and may be repeated', async () => {
    const file = path.join(directory, 'accounts.csv')
    const header = 'iban,currency,environment,customer_kind,customer_name,holder_email,holder_name'
    const line = 'DE89370400440532013000,EUR,production,personal,Ada,ada@bank.example,Ada'
    await writeFile(file, `${header}\n${line}\nDE00,EUR,production,personal,Ada,ada@bank.example,Ada\n`)
    const refused = await countersign('account', 'import', file)
    expect(refused).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'Nothing was imported:\n  line 3: iban is not an IBAN\n',
    })
    await writeFile(file, `${header}\n${line}\n`)
    expect(await json('account', 'import', file)).toEqual({
      accounts_imported: 1,
      accounts_unchanged: 0,
      customers_created: 1,
      owners_added: 1,
      people_created: 1,
    })
    expect(await json('account', 'import', file)).toMatchObject({ accounts_imported: 0, accounts_unchanged: 1 })
    const missing = await countersign('account', 'import', path.join(directory, 'missing.csv'))
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be read') })
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

  test('scopes are set in the sandbox, and approved for production, by an operator', async () => {
    const { person } = await anOwnerWithBusiness()
    const create = ['application', 'create', '--owner', person.email, '--name', 'Shop', '--environment', 'production']
    const made = await json(...create)
    const set = ['application', 'scopes', made.application_id, '--scope']
    expect(await json(...set, 'psd2-pis psd2-ais', '--environment', 'production')).toEqual({
      application_id: made.application_id,
      environment: 'production',
      scope: 'psd2-ais psd2-pis',
    })
    expect(await json(...set, 'connect-ais')).toMatchObject({ environment: 'sandbox', scope: 'connect-ais' })
    expect(await json(...set, '')).toMatchObject({ scope: '' })
    const rows = await db.execute(sql`
      select action, actor_kind, environment from audit_events
      where action like 'scopes.%' and application_id = ${made.application_id} order by id`)
    expect([...rows]).toEqual([
      { action: 'scopes.approved', actor_kind: 'operator', environment: 'production' },
      { action: 'scopes.changed', actor_kind: 'operator', environment: 'sandbox' },
      { action: 'scopes.changed', actor_kind: 'operator', environment: 'sandbox' },
    ])
    const refused = await countersign(...set, 'everything')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('--scope: must be among')
    expect(await countersign('application', 'scopes', made.application_id)).toMatchObject({ code: 2 })
    expect(await countersign('application', 'scopes', 'app_missing', '--scope', 'psd2-ais')).toMatchObject({ code: 1 })
  })

  test('a secret and a key are rotated, with the overlap that is said or seven days', async () => {
    const { person } = await anOwnerWithBusiness()
    const made = await json('application', 'create', '--owner', person.email, '--name', 'Shop')
    const rotated = await json('secret', 'rotate', '--application', made.client_id, '--overlap', '24h', '--unused', '6')
    expect(Object.keys(rotated)).toEqual(['secret_id', 'client_secret', 'previous'])
    expect(isApplicationSecret(rotated.client_secret)).toBe(true)
    expect(rotated.previous).toEqual([{ secret_id: expect.stringMatching(/^sec_/), ends_at: expect.any(String) }])
    const inADay = Date.parse(rotated.previous[0].ends_at) - Date.now()
    expect(inADay).toBeGreaterThan(23.9 * 3_600_000)
    expect(inADay).toBeLessThanOrEqual(24 * 3_600_000)
    const [fresh, old] = await json('secret', 'list', '--application', made.application_id)
    expect([fresh.secret_id, fresh.state]).toEqual([rotated.secret_id, 'active'])
    expect(old).toMatchObject({ state: 'ending', ends_because: 'rotation', retires_unused_hours: 6 })
    const again = await countersign('secret', 'rotate', '--application', made.client_id)
    expect(again).toMatchObject({ code: 1, stdout: '' })
    expect(again.stderr).toContain('A rotation is under way.')
    expect(await countersign('secret', 'rotate', '--application', made.client_id, '--overlap', '2d')).toMatchObject({
      code: 2,
    })
    expect((await countersign('secret', 'rotate', '--application', made.client_id, '--unused', '0')).stderr).toContain(
      '--unused: ',
    )
    const key = await json('key', 'rotate', '--application', made.client_id)
    expect(isHexToken(key.client_id)).toBe(true)
    expect(key.previous).toEqual([{ client_id: made.client_id, ends_at: expect.any(String) }])
    // For people, the secret is there too.
    const told = await countersign('secret', 'rotate', '--application', key.client_id, '--overlap', '0')
    expect(told.code).toBe(1)
    await json('secret', 'revoke', old.secret_id)
    const shown = await countersign('secret', 'rotate', '--application', key.client_id, '--overlap', '0')
    expect(shown.stdout).toMatch(/^client_secret +cs_sk_sandbox_\w+$/m)
    expect(shown.stdout).toContain(rotated.secret_id)
  })

  test('a public key is added from a file, listed and revoked; a private one is refused', async () => {
    const { person } = await anOwnerWithBusiness()
    const made = await json('application', 'create', '--owner', person.email, '--name', 'Shop', '--profile', 'fapi2')
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const file = path.join(directory, 'key.pem')
    await writeFile(file, pair.publicKey.export({ type: 'spki', format: 'pem' }))
    const add = ['public-key', 'add', '--application', made.client_id, file]
    const added = await json(...add, '--kid', 'first')
    expect(added).toEqual({
      client_id: made.client_id,
      public_keys: [
        {
          public_key_id: expect.stringMatching(/^jwk_/),
          kid: 'first',
          algorithm: 'ES256',
          thumbprint: expect.stringMatching(/^[\w-]{43}$/),
          ends_at: null,
        },
      ],
      previous: [],
    })
    const [{ public_key_id: id }] = added.public_keys
    await writeFile(file, JSON.stringify(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })))
    const rotated = await json(...add, '--overlap', '24h')
    expect(rotated.previous).toEqual([{ public_key_id: id, kid: 'first', ends_at: expect.any(String) }])
    const [fresh, old] = await json('public-key', 'list', '--application', made.application_id)
    expect([fresh.state, fresh.algorithm, old.kid, old.state]).toEqual(['active', 'EdDSA', 'first', 'ending'])
    expect(await json('public-key', 'revoke', id, '--keep-tokens')).toEqual({
      public_key_id: id,
      state: 'revoked',
      keeps_tokens: true,
    })
    const secret = pair.privateKey.export({ format: 'jwk' })
    await writeFile(file, JSON.stringify(secret))
    const refused = await countersign(...add)
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Treat it as leaked') })
    expect(refused.stderr).not.toContain(secret.d)
    expect(await countersign(...add, '--overlap', '2d')).toMatchObject({ code: 2 })
    expect(await countersign('public-key', 'revoke', 'jwk_missing')).toMatchObject({ code: 1, stdout: '' })
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

  test('a chain is submitted, reviewed once its root is an anchor, listed and revoked; a rejected one ends with 1', async () => {
    const { person } = await anOwnerWithBusiness()
    const made = await json('application', 'create', '--owner', person.email, '--name', 'Shop')
    const now = new Date()
    const authority = anAuthority(now)
    const chain = path.join(directory, 'chain.pem')
    const root = path.join(directory, 'root.der')
    await writeFile(chain, issueChain(authority, now))
    await writeFile(root, authority.root)
    const pending = await json('certificate', 'submit', '--application', made.client_id, chain)
    expect(Object.keys(pending)).toEqual(['file', 'verdict', 'findings', 'certificate_id', 'state'])
    expect(pending).toMatchObject({ verdict: 'review', state: 'pending-review' })
    const { certificate_id: id } = pending
    expect(await countersign('certificate', 'approve', id)).toMatchObject({ code: 1, stdout: '' })
    const anchor = await json('anchor', 'add', root)
    expect(Object.keys(anchor)).toEqual(['anchor_id', 'sha256'])
    expect(await json('certificate', 'approve', id)).toEqual({ certificate_id: id, state: 'active' })
    expect((await json('anchor', 'list')).find((one: { chains: number }) => one.chains === 1)).toMatchObject(anchor)
    const [listed] = await json('certificate', 'list', '--application', made.application_id)
    expect(listed).toMatchObject({ certificate_id: id, state: 'active' })
    expect(await json('certificate', 'revoke', id, '--reason', 'replaced')).toMatchObject({ state: 'revoked' })
    expect(await json('anchor', 'remove', anchor.anchor_id)).toMatchObject({ removed: true })
    await writeFile(chain, 'nothing')
    const rejected = await countersign('certificate', 'submit', '--application', made.client_id, chain, '--json')
    expect(rejected.code).toBe(1)
    expect(JSON.parse(rejected.stdout)).toMatchObject({ verdict: 'reject', certificate_id: null, state: null })
  })

  test('revocation policy shows both environments, and sets one; status tells who was asked', async () => {
    expect(await json('revocation', 'policy')).toEqual([
      { environment: 'sandbox', mode: 'soft', max_age_seconds: 604_800 },
      { environment: 'production', mode: 'hard', max_age_seconds: 86_400 },
    ])
    const set = ['--environment', 'production', '--mode', 'soft', '--max-age', '36h']
    const policy = { environment: 'production', mode: 'soft', max_age_seconds: 129_600 }
    expect(await json('revocation', 'policy', ...set)).toEqual(policy)
    expect(await json('revocation', 'policy', '--environment', 'production')).toEqual([policy])
    const half = await countersign('revocation', 'policy', '--mode', 'soft')
    expect(half).toMatchObject({ code: 2, stdout: '' })
    expect(half.stderr).toContain('go together')
    const long = await countersign('revocation', 'policy', ...set.slice(0, -1), '1y')
    expect(long).toMatchObject({ code: 1, stdout: '' })
    expect(long.stderr).toContain('--max-age: is minutes, hours or days')
    await db.insert(revocationSources).values({
      id: newId('revocationSource'),
      kind: 'crl',
      url: 'http://crl.example/ca.crl',
      subject: sha256('subject'),
      issuer: sha256('issuer'),
      fault: 'timeout',
    })
    const status = await json('revocation', 'status')
    expect(status).toContainEqual({
      source_id: expect.any(String),
      kind: 'crl',
      url: 'http://crl.example/ca.crl',
      certificates: 0,
      revoked: 0,
      fault: 'timeout',
      tried_at: null,
      good_at: null,
      next_update: null,
      next_fetch_at: null,
    })
  })

  test('anchor status tells which serving process has which version of the trust store', async () => {
    await db.transaction((tx) => bumpTrustStore(tx, new Date()))
    const version = await trustStoreVersion(db)
    await reportTrustStore(db, 'one', version, new Date())
    await reportTrustStore(db, 'two', version - 1, new Date())
    expect(await json('anchor', 'status')).toEqual([
      { replica: 'one', version, at: expect.any(String), current: true },
      { replica: 'two', version: version - 1, at: expect.any(String), current: false },
    ])
  })

  test('dates are read alike by every option, files no further than their limit, and who has seen a secret is told', async () => {
    const { person } = await anOwnerWithBusiness()
    const made = await json('application', 'create', '--owner', person.email, '--name', 'Shop')
    const chain = path.join(directory, 'any.pem')
    await writeFile(chain, 'nothing')
    const submit = ['certificate', 'submit', '--application', made.client_id, chain]
    for (const option of ['--start', '--replace-at']) {
      const refused = await countersign(...submit, option, 'tomorrow')
      expect(refused).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`certificate submit: ${option} tomorrow`),
      })
    }
    const dated = await countersign(
      ...submit,
      '--start',
      '2099-11-24T12:00+02:00',
      '--replace-at',
      '2099-11-25',
      '--json',
    )
    expect(JSON.parse(dated.stdout)).toMatchObject({ verdict: 'reject', certificate_id: null })
    for (const args of [submit.with(4, '/dev/zero'), ['anchor', 'add', '/dev/zero']]) {
      expect(await countersign(...args)).toMatchObject({ code: 1 })
    }
    await json('secret', 'rotate', '--application', made.client_id)
    const [newest] = await json('secret', 'list', '--application', made.client_id)
    expect(newest.seen_by).toEqual([{ by: 'rotated', name: null, at: expect.any(String) }])
  })

  test('core and operator are made, a core once per name', async () => {
    const core = await json('core', 'create', '--name', 'Ledger')
    expect(Object.keys(core)).toEqual(['client_id', 'client_secret'])
    expect(await countersign('core', 'create', '--name', 'Ledger')).toMatchObject({ code: 1, stdout: '' })
    const file = path.join(directory, 'core.der')
    const { leaf, sha256: fingerprint } = makeClientChain()
    await writeFile(file, leaf)
    const bound = await json('core', 'create', '--name', 'Bound', '--certificate', file)
    const [row] = await db.select().from(cores).where(eq(cores.clientId, bound.client_id))
    expect(row?.certificateSha256?.toString('hex')).toBe(fingerprint)
    const unread = await countersign('core', 'create', '--name', 'Other', '--certificate', `${file}.missing`)
    expect(unread).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('cannot be read') })
    const operator = await json('operator', 'create', '--email', 'staff@example.test')
    expect(operator).toMatchObject({ email: 'staff@example.test', password: expect.any(String) })
  })

  test('keys reseal counts what it sealed anew under the first key, and may be repeated', async () => {
    const once = await json('keys', 'reseal')
    expect(once).toMatchObject({
      key_id: expect.stringMatching(/^[0-9a-f]{8}$/),
      recovery_codes_bound: expect.any(Number),
    })
    expect(once.values.map(({ what }: { what: string }) => what)).toContain('authenticator_apps')
    const again = await json('keys', 'reseal')
    for (const { resealed, unopened } of again.values) expect([resealed, unopened]).toEqual([0, 0])
  })

  test('audit head is kept elsewhere, and audit verify compares with it', async () => {
    await chainEvents(db, 0)
    const head = await json('audit', 'head')
    expect(head).toEqual({ position: expect.any(Number), hash: expect.any(String), at: expect.any(String) })
    const file = path.join(directory, 'head.json')
    await writeFile(file, JSON.stringify(head))
    for (const kept of [file, `${head.position}:${head.hash}`]) {
      expect(await json('audit', 'verify', '--head', kept)).toMatchObject({ ok: true, first_broken: null })
    }
    const later = await countersign('audit', 'verify', '--head', `${head.position + 1}:${head.hash}`, '--json')
    expect(later.code).toBe(1)
    expect(JSON.parse(later.stdout)).toMatchObject({ ok: false, first_broken: expect.any(Number) })
    expect((await countersign('audit', 'verify', '--head', 'nonsense')).code).toBe(1)
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

// A process of its own is slow where the machine is busy.
describe('a process of its own', { timeout: 90_000 }, () => {
  test('opens the database, does what it is told, and writes the result alone to standard output', async () => {
    const { person } = await anOwnerWithBusiness()
    const { code, stdout, stderr } = await spawnCountersign([
      'application',
      'create',
      '--owner',
      person.email,
      '--name',
      'Of its own',
      '--json',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [row] = await db.execute(sql`select name from applications where id = ${JSON.parse(stdout).application_id}`)
    expect(row?.name).toBe('Of its own')
    expect((await spawnCountersign(['demo'])).stdout).toContain('owner@demo.test')
  })

  test('ends with 1 where it is refused, with 2 where it is not understood, and says so on standard error', async () => {
    const refused = await spawnCountersign(['application', 'suspend', 'app_missing'])
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/./) })
    const unread = await spawnCountersign(['secret', 'revoke'])
    expect(unread).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('ID is missing') })
  })

  test('checks a chain where there is no database and none can be made', async () => {
    const made = makeChain()
    const [file, anchor] = [path.join(directory, 'checked.pem'), path.join(directory, 'anchor.pem')]
    await writeFile(file, made.pem)
    await writeFile(anchor, toPem(made.root))
    const command = ['certificate', 'check', file, '--anchor', anchor, '--at', NOW.toISOString()]
    const { code, stdout, stderr } = await spawnCountersign(command, { DATABASE_URL: '', DATA_DIR: '/dev/null/none' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ file, verdict: 'accept' })
  })

  test('writes all of a long result before it ends', async () => {
    const outcome = await spawnCountersign(['--help'])
    expect(outcome).toEqual({ code: 0, stderr: '', stdout: (await countersign('--help')).stdout })
  })
})
