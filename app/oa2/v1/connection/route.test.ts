import { eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aCustomer, anAccount, anApplication, aPerson } from '@/db/factories'
import { applicationEnvironments, applications } from '@/db/schema/applications'
import { dispositions } from '@/db/schema/dispositions'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { connectionOperation } from '@/lib/connections/connection-operation'
import { revokeConnection } from '@/lib/connections/revoke-connection'
import { acceptDisposition } from '@/lib/dispositions/accept-disposition'
import { getDispositionForImporter } from '@/lib/dispositions/get-disposition-for-importer'
import { importDisposition } from '@/lib/dispositions/import-disposition'
import { prepareAcceptance } from '@/lib/dispositions/prepare-acceptance'
import { refuseDisposition } from '@/lib/dispositions/refuse-disposition'
import { OPEN_OF_APPLICATION } from '@/lib/dispositions/require-room'
import { submitNumber } from '@/lib/dispositions/submit-number'
import { aPasskey } from '@/lib/dispositions/testing'
import { callMachine } from '@/lib/http/testing'
import { POST as exchange } from '../ac/token/route'
import { POST as issue } from '../cc/token/route'
import { GET as status } from '../status/route'
import { DELETE, GET, PUT } from './[id]/route'
import { POST } from './route'

const { db } = await testDatabase()
const owner = await aPerson(db)
const business = await aCustomer(db, owner.id)

async function anAsker(options: { customerId?: string; profile?: 'legacy' | 'standard' } = {}) {
  const application = await anApplication(db, options.customerId ?? business.id, {
    callback: 'https://shop.example/callback',
    profile: options.profile,
  })
  const client = { client_id: application.clientId, client_secret: application.clientSecret, scope: 'app' }
  const answer = await callMachine(issue, { body: { grant_type: 'client_credentials', ...client } })
  return { application, client, bearer: answer.body.access_token as string }
}
type Asker = Awaited<ReturnType<typeof anAsker>>

async function aPayer() {
  const person = await aPerson(db, { name: 'Giulia Rossi' })
  const customer = await aCustomer(db, person.id, { kind: 'personal' })
  const account = await anAccount(db, customer.id)
  const passkey = await aPasskey(db, person.id)
  return { person, account, passkey }
}
type Payer = Awaited<ReturnType<typeof aPayer>>

function ctxOf(payer: Payer) {
  return testContext(db, personActor(payer.person.id))
}

async function ask(asker: Asker, body: Record<string, unknown> = {}) {
  const answer = await callMachine(POST, { bearer: asker.bearer, body })
  expect(answer.status).toBe(201)
  return answer.body as { id: string; status: string; deeplink: string; qr_code: string; expires_at: string }
}

function read(asker: Asker, id: string, query = '', method: 'GET' | 'PUT' = 'GET') {
  const url = `http://localhost:3000/oa2/v1/connection/${id}${query}`
  return callMachine(method === 'GET' ? GET : PUT, { method, url, bearer: asker.bearer, params: { id } })
}

function remove(asker: Asker, id: string) {
  return callMachine(DELETE, { method: 'DELETE', bearer: asker.bearer, params: { id } })
}

async function importAs(payer: Payer, asked: { deeplink: string }) {
  return importDisposition(ctxOf(payer), { token: asked.deeplink.split('#')[1] as string })
}

async function accept(payer: Payer, id: string) {
  const ctx = ctxOf(payer)
  const prepared = await prepareAcceptance(ctx, { id, accountId: payer.account.id, locale: 'en' }, connectionOperation)
  const assertion = payer.passkey.assert(prepared.options.challenge)
  return acceptDisposition(ctx, { id, assertion }, connectionOperation)
}

describe('POST /oa2/v1/connection', () => {
  test('answers 201 with the Connection, its deeplink and the same string as QR code', async () => {
    const asker = await anAsker()
    const before = Date.now()
    const asked = await ask(asker, { reference: 'Order 7' })
    expect(asked).toMatchObject({ status: 'WAITING', reference: 'Order 7' })
    expect(asked.id).toMatch(/^CON[0-9A-HJKMNP-TV-Z]{10}$/)
    expect(asked.deeplink).toMatch(/^http:\/\/localhost:3000\/wallet\/d#[A-Za-z0-9_-]{43}$/)
    expect(asked.qr_code).toBe(asked.deeplink)
    const minutes = (new Date(asked.expires_at).getTime() - before) / 60_000
    expect(Math.abs(minutes - 5)).toBeLessThan(0.1)
  })

  test('beyond the open requests that one application may have is 409 and says when to come back', async () => {
    const asker = await anAsker()
    const asked = await ask(asker)
    await db.execute(sql`
      insert into dispositions (id, operation, subject_id, application_id, environment, status, offer, import_token_hash,
        import_until, number_wanted)
      select id || n, operation, subject_id || n, application_id, environment, status, offer, sha256((id || n)::bytea),
        import_until, number_wanted
      from dispositions, generate_series(2, ${OPEN_OF_APPLICATION}) n where subject_id = ${asked.id}`)
    const answer = await callMachine(POST, { bearer: asker.bearer, body: {} })
    expect(answer).toMatchObject({ status: 409, body: { code: 409, message: expect.stringContaining('are open') } })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(290)
    await ask(await anAsker())
  })

  test('takes a form, an empty body, and JSON under curl’s default content type; secrets are never cached', async () => {
    const asker = await anAsker()
    for (const body of ['confirm_number=true&reference=x', '', '{}']) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await callMachine(POST, { method: 'POST', bearer: asker.bearer, body, headers })
      expect(answer.status).toBe(201)
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
  })

  test('names the member of a malformed body', async () => {
    const asker = await anAsker()
    const bodies: [unknown, RegExp][] = [
      [{ confirm_number: 'perhaps' }, /confirm_number/],
      [{ account_type: 'secret' }, /account_type/],
      [{ reference: 7 }, /reference/],
      [{ reference: 'a\u0000b' }, /reference/],
      ['{"reference":"half a pair: \\ud800"}', /reference/],
      [{ reference: 'x'.repeat(141) }, /reference/],
      [{ return_url: 'https://evil.example/callback' }, /return_url/],
      [{ return_url: 'http://shop.example/callback' }, /return_url/],
      [{ return_url: 'https://shop.example/#x' }, /return_url/],
      [{ return_url: 'https://a@shop.example/' }, /return_url/],
      ['{"reference":"a","reference":"b"}', /reference/],
      ['{"reference":', /JSON/],
    ]
    for (const [body, name] of bodies) {
      const answer = await callMachine(POST, { bearer: asker.bearer, body })
      expect([answer.status, answer.body.code]).toEqual([400, 400])
      expect(answer.body.message).toMatch(name)
    }
  })

  test('a return_url on any port and path of a registered host is taken; a removed callback counts no more', async () => {
    const asker = await anAsker()
    await ask(asker, { return_url: 'https://shop.example:8443/any?order=7' })
    await db.execute(`update callbacks set removed_at = now() where application_id = '${asker.application.id}'`)
    const answer = await callMachine(POST, { bearer: asker.bearer, body: { return_url: 'https://shop.example/x' } })
    expect(answer.status).toBe(400)
  })

  test('no token, a wrong one, a suspended application and the FAPI profile are one 401/700', async () => {
    const suspended = await anAsker()
    await db.update(applications).set({ suspendedAt: new Date() }).where(eq(applications.id, suspended.application.id))
    const fapi = await anAsker()
    await db
      .update(applicationEnvironments)
      .set({ profile: 'fapi2' })
      .where(eq(applicationEnvironments.applicationId, fapi.application.id))
    for (const bearer of [undefined, 'f'.repeat(32), suspended.bearer, fapi.bearer]) {
      const answer = await callMachine(POST, { bearer, body: {} })
      expect([answer.status, answer.body.code]).toEqual([401, 700])
    }
  })
})

describe('GET and PUT /oa2/v1/connection/{id}', () => {
  test('the deeplink is in the first answer only', async () => {
    const asker = await anAsker()
    const asked = await ask(asker)
    for (const method of ['GET', 'PUT'] as const) {
      const { status, body } = await read(asker, asked.id, '', method)
      expect(status).toBe(200)
      expect(body).toMatchObject({ id: asked.id, status: 'WAITING' })
      expect(body).not.toHaveProperty('deeplink')
      expect(body).not.toHaveProperty('qr_code')
      expect(body).not.toHaveProperty('connection_code')
    }
  })

  test('while imported: who, masked, and the number only where it was asked for', async () => {
    const asker = await anAsker()
    const payer = await aPayer()
    const [plain, numbered] = [await ask(asker), await ask(asker, { confirm_number: true })]
    await importAs(payer, plain)
    await importAs(payer, numbered)
    const first = (await read(asker, plain.id)).body
    expect(first).toMatchObject({ status: 'IMPORTED', imported_by: 'G••••• R••••' })
    expect(first).not.toHaveProperty('number')
    const second = (await read(asker, numbered.id)).body
    expect(String(second.number)).toMatch(/^[1-9][0-9]$/)
    expect(JSON.stringify([first, second])).not.toContain('Giulia')
  })

  test('a second importer shows in the initiator’s read', async () => {
    const asker = await anAsker()
    const asked = await ask(asker)
    await importAs(await aPayer(), asked)
    await expect(importAs(await aPayer(), asked)).rejects.toThrow()
    expect((await read(asker, asked.id)).body).toMatchObject({ status: 'IMPORTED', refused_imports: 1 })
  })

  test('the whole way: number, grant, code until the first exchange, revocation kills code and tokens', async () => {
    const asker = await anAsker()
    const payer = await aPayer()
    const asked = await ask(asker, { confirm_number: true })
    const { id } = await importAs(payer, asked)
    const number = Number((await read(asker, asked.id)).body.number)
    await submitNumber(ctxOf(payer), { id, number })
    await accept(payer, id)

    const granted = (await read(asker, asked.id)).body
    expect(granted.status).toBe('GRANTED')
    expect(granted).not.toHaveProperty('imported_by')
    expect(granted).not.toHaveProperty('number')
    const code = granted.connection_code as string
    expect((await read(asker, asked.id)).body.connection_code).toBe(code)
    const grant = { grant_type: 'authorization_code', code, ...asker.client }
    const token = await callMachine(exchange, { body: grant })
    expect(token.status).toBe(200)
    expect((await read(asker, asked.id)).body).not.toHaveProperty('connection_code')
    expect((await callMachine(exchange, { body: grant })).status).toBe(200)

    await revokeConnection(ctxOf(payer), { connectionId: asked.id })
    expect((await read(asker, asked.id)).body.status).toBe('REVOKED')
    const again = await callMachine(exchange, { body: grant })
    expect([again.status, again.body.code]).toEqual([401, 700])
    const used = await callMachine(status, { bearer: token.body.access_token as string })
    expect([used.status, used.body.code]).toEqual([401, 700])
  })

  test('the code is not given out after ten minutes, erased or not', async () => {
    const asker = await anAsker()
    const payer = await aPayer()
    const asked = await ask(asker)
    await accept(payer, (await importAs(payer, asked)).id)
    await db.execute(`update connections set code_sealed_until = now() - interval '1 second' where id = '${asked.id}'`)
    expect((await read(asker, asked.id)).body).not.toHaveProperty('connection_code')
  })

  test('three wrong numbers read as REFUSED, with the reason', async () => {
    const asker = await anAsker()
    const payer = await aPayer()
    const asked = await ask(asker, { confirm_number: true })
    const { id } = await importAs(payer, asked)
    const number = Number((await read(asker, asked.id)).body.number)
    const wrong = number === 99 ? 10 : number + 1
    for (let i = 0; i < 3; i++) await submitNumber(ctxOf(payer), { id, number: wrong })
    expect((await read(asker, asked.id)).body).toMatchObject({ status: 'REFUSED', reason: 'wrong-numbers' })
  })

  test('an expired one reads as EXPIRED before any sweep', async () => {
    const asker = await anAsker()
    const asked = await ask(asker)
    await db.update(dispositions).set({ importUntil: new Date() }).where(eq(dispositions.subjectId, asked.id))
    const { body } = await read(asker, asked.id)
    expect(body.status).toBe('EXPIRED')
    expect(body).not.toHaveProperty('expires_at')
  })

  test('missing, malformed, another application’s and another environment’s are one and the same 404', async () => {
    const asker = await anAsker()
    const stranger = await anAsker()
    const asked = await ask(asker)
    await db.insert(applicationEnvironments).values({
      applicationId: asker.application.id,
      environment: 'production',
      clientId: 'f'.repeat(31) + Math.floor(Math.random() * 10),
      profile: 'standard',
    })
    const answers = [
      await read(stranger, asked.id),
      await read(asker, 'CON0000000000'),
      await read(asker, asked.id.toLowerCase()),
      await read(asker, '\u0000'),
      await remove(stranger, asked.id),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(404)
      expect(answer.body).toEqual(answers[0]?.body)
    }
  })
})

describe('with require_result', () => {
  async function aGrantedWithResult() {
    const asker = await anAsker()
    const payer = await aPayer()
    const asked = await ask(asker, { require_result: true, return_url: 'https://shop.example/back' })
    const { id } = await importAs(payer, asked)
    const settled = await accept(payer, id)
    const back = new URL(settled.returnTo as string)
    return { asker, payer, asked, id, back, result: back.searchParams.get('result') as string }
  }

  test('the code waits for the one-time result that the wallet carries back', async () => {
    const { asker, asked, back, result } = await aGrantedWithResult()
    expect(back.searchParams.get('id')).toBe(asked.id)
    expect(back.searchParams.get('status')).toBe('GRANTED')
    const without = (await read(asker, asked.id)).body
    expect(without.status).toBe('GRANTED')
    expect(without).not.toHaveProperty('connection_code')
    const wrong = await read(asker, asked.id, `?result=${'A'.repeat(43)}`)
    expect(wrong.status).toBe(409)
    expect((await read(asker, asked.id)).body).not.toHaveProperty('connection_code')
    const right = await read(asker, asked.id, `?result=${result}`)
    expect(right.body.connection_code).toMatch(/^[0-9a-f]{32}$/)
    expect((await read(asker, asked.id, `?result=${result}`)).status).toBe(409)
    expect((await read(asker, asked.id)).body).toHaveProperty('connection_code')
  })

  test('the result is taken once: of many at the same moment, one', async () => {
    const { asker, asked, result } = await aGrantedWithResult()
    const answers = await Promise.all(Array.from({ length: 6 }, () => read(asker, asked.id, `?result=${result}`)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
  })

  test('the wallet finds the way back again until the result has been presented', async () => {
    const { asker, payer, asked, id, back, result } = await aGrantedWithResult()
    const again = () => getDispositionForImporter(ctxOf(payer), { id })
    expect((await again()).returnTo).toBe(back.href)
    await read(asker, asked.id, `?result=${result}`)
    expect((await again()).returnTo).not.toContain('result=')
  })

  test('another application’s result opens nothing, and a repeated parameter is malformed', async () => {
    const [one, two] = [await aGrantedWithResult(), await aGrantedWithResult()]
    expect((await read(one.asker, one.asked.id, `?result=${two.result}`)).status).toBe(409)
    expect((await read(one.asker, one.asked.id, `?result=${one.result}&result=x`)).status).toBe(400)
  })
})

describe('DELETE /oa2/v1/connection/{id}', () => {
  test('204 while waiting or imported, and again once cancelled', async () => {
    const asker = await anAsker()
    const payer = await aPayer()
    const [waiting, imported] = [await ask(asker), await ask(asker)]
    await importAs(payer, imported)
    for (const { id } of [waiting, imported]) {
      expect((await remove(asker, id)).status).toBe(204)
      expect((await remove(asker, id)).status).toBe(204)
      expect((await read(asker, id)).body.status).toBe('CANCELLED')
    }
  })

  test('409 after any other end: granted, revoked, refused, expired', async () => {
    const asker = await anAsker()
    const payer = await aPayer()
    const asked = [await ask(asker), await ask(asker), await ask(asker), await ask(asker)] as const
    await accept(payer, (await importAs(payer, asked[0])).id)
    await accept(payer, (await importAs(payer, asked[1])).id)
    await revokeConnection(ctxOf(payer), { connectionId: asked[1].id })
    await refuseDisposition(ctxOf(payer), await importAs(payer, asked[2]))
    await db.update(dispositions).set({ importUntil: new Date() }).where(eq(dispositions.subjectId, asked[3].id))
    for (const [index, status] of ['GRANTED', 'REVOKED', 'REFUSED', 'EXPIRED'].entries()) {
      const id = asked[index]?.id as string
      const answer = await remove(asker, id)
      expect([answer.status, answer.body.code]).toEqual([409, 409])
      expect(answer.body.message).toContain(status)
      expect((await read(asker, id)).body.status).toBe(status)
    }
  })
})
