import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connected } from '@/db/client'
import { aCustomer, anAccount, anApplication, aPerson } from '@/db/factories'
import { memberships } from '@/db/schema/customers'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { readMail } from '@/lib/people/testing/read-mail'
import { grantConnectionByOperator } from './grant-connection-by-operator'
import { revokeConnection } from './revoke-connection'

const database = await testDatabase()
const { db } = database
const now = new Date()
let replica: Connected
beforeAll(async () => {
  replica = await connectReplica(database.url)
})
afterAll(() => replica.close())

const operator = testContext(db, { kind: 'operator' as const, name: 'cli' }, now)

async function aScene() {
  const marco = await aPerson(db, { name: 'Marco Bianchi' })
  const giulia = await aPerson(db, { name: 'Giulia Rossi', locale: 'it' })
  const viewer = await aPerson(db)
  const left = await aPerson(db)
  const customer = await aCustomer(db, marco.id, { name: 'Bianchi & Figli' })
  const members = [
    { person: giulia, role: 'owner', endedAt: null },
    { person: viewer, role: 'viewer', endedAt: null },
    { person: left, role: 'owner', endedAt: now },
  ]
  for (const { person, ...membership } of members) {
    await db
      .insert(memberships)
      .values({ id: `mem_${person.id}`, personId: person.id, customerId: customer.id, ...membership })
  }
  const account = await anAccount(db, customer.id)
  const application = await anApplication(db, customer.id, { name: 'Ledger {name}' })
  const ctx = testContext(db, personActor(marco.id, { customerId: customer.id, role: 'owner' }, now), now)
  const grant = () => grantConnectionByOperator(operator, { applicationId: application.id, iban: account.iban })
  return { marco, giulia, viewer, left, account, application, ctx, grant }
}

async function subjects(person: { email: string }): Promise<string[]> {
  return (await readMail(db, person.email)).map(({ subject }) => subject)
}

describe('the owners of the account', () => {
  test('are told of a grant, each in their own language, with who, what, where and how to end it', async () => {
    const scene = await aScene()
    const { connectionId } = await scene.grant()
    const [english] = await readMail(db, scene.marco.email)
    expect(english?.subject).toBe('Ledger {name} is connected to your account')
    expect(english?.text).toContain('An operator connected the application “Ledger {name}”')
    expect(english?.text).toContain(`Bianchi & Figli:\n\nMain account, IT`)
    expect(english?.text).toContain('(sandbox)')
    expect(english?.text).toContain(`http://localhost:3000/connections/${connectionId}\n`)
    expect(english?.text).not.toContain(scene.account.iban)
    const [italian] = await readMail(db, scene.giulia.email)
    expect(italian?.subject).toBe('Ledger {name} è collegata al tuo conto')
    expect(italian?.text).toContain('Un operatore ha collegato')
  })

  test('are told of a revocation and by whom, an operator’s too', async () => {
    const scene = await aScene()
    const [one, two] = [await scene.grant(), await scene.grant()]
    await revokeConnection(scene.ctx, one)
    expect((await readMail(db, scene.giulia.email))[0]).toMatchObject({
      subject: 'Ledger {name} non è più collegata al tuo conto',
      text: expect.stringContaining('Marco Bianchi ha revocato'),
    })
    await revokeConnection(operator, two)
    expect((await readMail(db, scene.marco.email))[0]?.text).toContain('An operator revoked')
  })

  test('alone: nobody who only looks, and nobody who has left', async () => {
    const scene = await aScene()
    await revokeConnection(scene.ctx, await scene.grant())
    expect(await subjects(scene.viewer)).toEqual([])
    expect(await subjects(scene.left)).toEqual([])
  })

  test('once, however many revoke at once on two replicas', async () => {
    const scene = await aScene()
    const connection = await scene.grant()
    await Promise.all(
      Array.from({ length: 8 }, (_, n) => revokeConnection({ ...scene.ctx, db: n % 2 ? db : replica.db }, connection)),
    )
    expect(await subjects(scene.giulia)).toHaveLength(2)
  })

  test('not at all, when the change does not happen', async () => {
    const scene = await aScene()
    const connection = await scene.grant()
    const undone = db.transaction(async (tx) => {
      await revokeConnection({ ...scene.ctx, db: tx }, connection)
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    expect(await subjects(scene.marco)).toHaveLength(1)
  })
})
