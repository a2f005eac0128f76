import { and, eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { aCustomer, aMember, anApplication, aPerson } from '@/db/factories'
import { auditEvents } from '@/db/schema/partitioned'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { recordEvent } from '@/lib/audit/record-event'
import { parseCsv } from '@/lib/core/csv'
import { exportEvents } from './export-events'
import { listEventsOfApplication } from './list-events-of-application'
import { ExportEventsInput } from './schema'

const { db } = await testDatabase()

async function aScene() {
  const owner = await aPerson(db, { name: '=HYPERLINK("https://evil.example")' })
  const customer = await aCustomer(db, owner.id)
  const application = await anApplication(db, customer.id)
  const auditor = await aMember(db, application.id, 'auditor')
  const analyst = await aMember(db, application.id, 'analyst')
  const payer = await aPerson(db)
  const as = (personId: string) => testContext(db, personActor(personId))
  const place = { applicationId: application.id, customerId: customer.id, environment: 'sandbox' as const }
  await db.transaction(async (tx) => {
    await recordEvent(tx, as(owner.id), { action: 'secret.made', ...place, subjectId: 'sec_1', data: { hint: '…1' } })
    await recordEvent(tx, as(owner.id), { action: 'callback.added', ...place, environment: 'production' })
    await recordEvent(tx, as(payer.id), {
      ...{ action: 'connection.granted', ...place, subjectId: 'CON1' },
      data: { account: 'acc_of_a_stranger' },
    })
  })
  return { application, auditor, analyst, as, input: { applicationId: application.id } }
}

test('an auditor reads it narrowed by environment and by what it is about, with addresses of colleagues alone', async () => {
  const { auditor, as, input } = await aScene()
  const actions = async (filter: object) =>
    (await listEventsOfApplication(as(auditor.personId), { ...input, ...filter })).map(({ action }) => action)
  expect(await actions({})).toEqual(['connection.granted', 'callback.added', 'secret.made'])
  expect(await actions({ environment: 'production' })).toEqual(['callback.added'])
  expect(await actions({ action: 'secret' })).toEqual(['secret.made'])
  expect(await actions({ action: 'secret', environment: 'production' })).toEqual([])
  const events = await listEventsOfApplication(as(auditor.personId), input)
  expect(events.map(({ address }) => address === null)).toEqual([true, false, false])
})

test('the export is guarded against formulas, narrowed alike, and written down; for who may read the audit alone', async () => {
  const { application, auditor, analyst, as, input } = await aScene()
  const exported = await exportEvents(as(auditor.personId), ExportEventsInput.parse({ ...input, action: 'secret' }))
  const read = parseCsv(exported.csv)
  const rows = 'ok' in read ? read.ok.map(({ fields }) => fields) : []
  expect(rows[0]?.slice(1, 7)).toEqual(['at', 'action', 'environment', 'actor_kind', 'actor', 'address'])
  expect(rows[1]?.slice(2, 6)).toEqual(['secret.made', 'sandbox', 'person', `'=HYPERLINK("https://evil.example")`])
  expect(rows).toHaveLength(2)
  const [event] = await db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.applicationId, application.id), eq(auditEvents.action, 'audit.exported')))
  expect(event).toMatchObject({ actorId: auditor.personId, data: { rows: 1, action: 'secret' } })
  const whole = ExportEventsInput.parse(input)
  const { csv } = await exportEvents(as(auditor.personId), whole)
  expect(csv).toContain('connection.granted')
  expect(csv).toContain('hint')
  expect(csv).not.toContain('acc_of_a_stranger')
  await expect(exportEvents(as(analyst.personId), whole)).rejects.toMatchObject({ reason: 'permission-required' })
  const stranger = await aPerson(db)
  await expect(exportEvents(as(stranger.id), whole)).rejects.toMatchObject({ kind: 'not-found' })
  expect(ExportEventsInput.safeParse({ ...input, action: "x' or 1" }).success).toBe(false)
})
