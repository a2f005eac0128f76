import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { aPerson, aSession } from '@/db/factories'
import { passkeys, pushSubscriptions } from '@/db/schema/people'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { newId } from '@/lib/core/ids'
import { addMs, DAY } from '@/lib/core/time'
import type { JobData } from '@/lib/jobs/jobs'
import { openMessage } from '@/lib/push/sealed-message'
import { confirmPasskey } from './change-passkey'
import { confirmEmail } from './confirm-email'
import { makeRecoveryCodes } from './make-recovery-codes'
import { requestEmailChange } from './request-email-change'
import { readMail, readToken, writeRequestedMail } from './testing/read-mail'

const { db } = await testDatabase()
const now = new Date()

async function aPersonWithDevices(devices: number) {
  const person = await aPerson(db, { locale: 'it' })
  const ids = Array.from({ length: devices }, () => newId('pushSubscription'))
  for (const id of ids) {
    const endpoint = `https://push.example/${id}`
    await db
      .insert(pushSubscriptions)
      .values({ id, personId: person.id, endpoint, p256dh: '', auth: '', userAgent: '' })
  }
  return { person, ids, ctx: testContext(db, personActor(person.id, {}, now), now) }
}

async function aPasskey(personId: string, acceptsFrom: Date) {
  const id = newId('passkey')
  const made = { publicKey: Buffer.alloc(1), counter: 0, rpId: 'localhost', name: 'Phone' }
  const flags = { backupEligible: false, backedUp: false }
  await db.insert(passkeys).values({ id, personId, credentialId: id, acceptsFrom, ...made, ...flags })
  return { id }
}

/** What each device of the person will be told, oldest message first. */
async function toldTo(ids: string[]) {
  const rows = await db.execute<{ data: JobData['push'] }>(
    sql`select data from pgboss.job where name = 'push' order by created_on, id`,
  )
  return rows
    .filter(({ data }) => ids.includes(data.subscriptionId))
    .map(({ data }) => ({ ...openMessage(data.sealed, data.subscriptionId), expiresAt: data.expiresAt }))
}

test('new recovery codes are told by mail and on every device, which learns nothing of the matter', async () => {
  const { person, ids, ctx } = await aPersonWithDevices(2)
  await makeRecoveryCodes(ctx, {})
  const told = { kind: 'security', locale: 'it', url: 'http://localhost:3000/security' }
  expect(await toldTo(ids)).toEqual(Array(2).fill({ ...told, expiresAt: addMs(now, DAY).toISOString() }))
  expect((await readMail(db, person.email)).map(({ subject }) => subject)).toEqual([
    'Sono stati creati nuovi codici di recupero',
  ])
})

test('that a new passkey may accept before its day is over is told on every channel', async () => {
  const { person, ids, ctx } = await aPersonWithDevices(1)
  const older = await aPasskey(person.id, new Date(0))
  const newer = await aPasskey(person.id, addMs(now, DAY))
  const session = await aSession(db, person.id, { authTime: now, provedBy: older.id })
  await confirmPasskey({ ...ctx, actor: { ...ctx.actor, sessionId: session.id } }, { passkeyId: newer.id })
  expect(await toldTo(ids)).toHaveLength(1)
  expect(await readMail(db, person.email)).toHaveLength(1)
})

test('a change of address is told when it is asked for and when it happens, to the address from before', async () => {
  const { person, ids, ctx } = await aPersonWithDevices(1)
  const email = `new-${person.email}`
  await requestEmailChange(ctx, { email })
  await writeRequestedMail(ctx)
  expect(await toldTo(ids)).toHaveLength(1)
  await confirmEmail(ctx, { token: await readToken(db, email) })
  expect(await toldTo(ids)).toHaveLength(2)
  const [last] = await readMail(db, person.email)
  expect(last?.subject).toBe('Il tuo indirizzo è stato cambiato')
  expect(last?.text).toContain(email)
})

test('what is refused is told to nobody', async () => {
  const { person, ids, ctx } = await aPersonWithDevices(1)
  const stale = { ...ctx, now: addMs(now, DAY) }
  await expect(makeRecoveryCodes(stale, {})).rejects.toMatchObject({ reason: 'step-up-required' })
  expect([await toldTo(ids), await readMail(db, person.email)]).toEqual([[], []])
})
