import { generateKeyPairSync } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { certificateCalendars, certificateChains } from '@/db/schema/certificates'
import { memberships } from '@/db/schema/customers'
import { auditEvents } from '@/db/schema/partitioned'
import { personActor, testContext, testDatabase } from '@/db/testing'
import type { Context } from '@/lib/context/context'
import { newOpaqueToken } from '@/lib/core/secrets'
import { addDays, addMs, HOUR, MINUTE } from '@/lib/core/time'
import { readMail } from '@/lib/people/testing/read-mail'
import { addAnchor } from './add-anchor'
import { AddAnchorInput, SubmitChainInput } from './chain-schema'
import { getCalendar } from './get-calendar'
import { notifyExpiries } from './notify-expiries'
import { removeAnchor } from './remove-anchor'
import { findCalendar, renewCalendar } from './renew-calendar'
import { revokeChain } from './revoke-chain'
import { submitChain } from './submit-chain'
import { anAuthority, issueChain } from './testing/issue-chain'
import { makeChain } from './testing/make-chain'

const { db } = await testDatabase()
const NOW = new Date()
const operator = testContext(db, { kind: 'operator' as const, name: 'cli' }, NOW)
const authority = anAuthority(NOW)
await addAnchor(operator, AddAnchorInput.parse({ bytes: authority.root }))

async function aSetting(locale: 'en' | 'it' = 'en') {
  const person = await aPerson(db, { locale })
  const customer = await aCustomer(db, person.id)
  const application = await anApplication(db, customer.id)
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role: 'owner' }, NOW), NOW)
  const submit = async (days: number, rest: Record<string, string> = {}) => {
    const input = { applicationId: application.id, chain: issueChain(authority, NOW, { days }), ...rest }
    return (await submitChain(ctx, SubmitChainInput.parse(input))).certificateId as string
  }
  return { person, customer, application, ctx, submit, input: { applicationId: application.id } }
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

function at(days: number): Context {
  return { ...operator, now: addDays(NOW, days) }
}

function tokenOf(url: string): string {
  return /\/calendars\/([^/]+)\/certificates\.ics$/.exec(url)?.[1] ?? ''
}

describe('notifyExpiries', () => {
  test('each threshold is told once, by however many replicas, and what was missed is not caught up on', async () => {
    const { person, application, submit } = await aSetting()
    const certificateId = await submit(90)
    await notifyExpiries(at(29))
    expect(await readMail(db, person.email)).toEqual([])
    await Promise.all([1, 2, 3].map(() => notifyExpiries(at(30.5))))
    await notifyExpiries(at(31))
    const [first, second] = await readMail(db, person.email)
    expect(second).toBeUndefined()
    expect(first?.subject).toBe(`A certificate of ${application.name} ends in 59 days`)
    expect(first?.text).toContain(`/applications/${application.id}/certificates/${certificateId}`)
    await notifyExpiries(at(84)) // nobody asked at 30 and 14 days: the nearest alone is told
    expect((await readMail(db, person.email)).map(({ subject }) => subject)).toContain(
      `A certificate of ${application.name} ends in 6 days`,
    )
    expect(await readMail(db, person.email)).toHaveLength(2)
    await notifyExpiries(at(91))
    expect(await readMail(db, person.email)).toHaveLength(2)
  })

  test.each([60, 30, 14, 7, 1])(
    '%i days before: leaf, intermediate and anchor are told of, each once',
    async (days) => {
      const { person, application, ctx } = await aSetting()
      const staff = await aPerson(db, { operatorSince: NOW })
      const end = addDays(NOW, 100 + days)
      // Each ends a minute after the one below it, so that each has its own notice.
      const made = makeChain({
        leaf: { notBefore: addDays(NOW, -1), notAfter: end, keys: newKeys() },
        intermediates: [{ notBefore: addDays(NOW, -1), notAfter: addMs(end, MINUTE) }],
        root: { notBefore: addDays(NOW, -1), notAfter: addMs(end, 2 * MINUTE), serial: 500 + days },
      })
      const { anchorId } = await addAnchor(operator, AddAnchorInput.parse({ bytes: made.root, owner: `Trust ${days}` }))
      const { certificateId } = await submitChain(
        ctx,
        SubmitChainInput.parse({ applicationId: application.id, chain: made.pem }),
      )
      expect(certificateId).not.toBeNull()
      const before = at(100 - 0.5)
      await notifyExpiries(before)
      const told = (await readMail(db, person.email)).length
      const toldOfAnchor = (await readMail(db, staff.email)).length
      // A day later none of them has crossed another threshold, but this one.
      await notifyExpiries(at(100.5))
      await notifyExpiries(at(100.6))
      const mails = (await readMail(db, person.email)).slice(told)
      expect(mails).toHaveLength(3)
      for (const name of ['client.tpp.example', 'Intermediate 1', 'Root']) {
        expect(mails.filter(({ text }) => text.includes(name))).toHaveLength(1)
      }
      const anchors = (await readMail(db, staff.email)).slice(toldOfAnchor)
      expect(anchors.filter(({ subject }) => subject.includes(`Trust ${days} `))).toHaveLength(1)
      await removeAnchor(operator, { anchorId })
    },
  )

  test('comes in the language of the reader', async () => {
    const { person, application, submit } = await aSetting('it')
    await submit(20)
    await notifyExpiries(at(13))
    expect((await readMail(db, person.email))[0]?.subject).toBe(
      `Un certificato di ${application.name} scade tra 7 giorni`,
    )
  })

  test('says nothing of chains that were revoked or end before', async () => {
    const { person, ctx, submit } = await aSetting()
    await revokeChain(ctx, { certificateId: await submit(20), reason: 'replaced' })
    const replaced = await submit(20)
    await submit(300, { others: 'end', replacesAt: addMs(NOW, HOUR).toISOString() })
    expect(replaced).toMatch(/^crt_/)
    await notifyExpiries(at(13))
    expect(await readMail(db, person.email)).toEqual([])
  })

  test('operators hear of anchors, with how many chains rely on them', async () => {
    const staff = await aPerson(db, { operatorSince: NOW })
    const passing = anAuthority(addDays(NOW, -2990), 'Passing Trust')
    await addAnchor(operator, AddAnchorInput.parse({ bytes: passing.root }))
    await Promise.all([notifyExpiries(at(0)), notifyExpiries(at(0))])
    const mails = await readMail(db, staff.email)
    expect(mails.map(({ subject }) => subject)).toEqual(['The trust anchor of Passing Trust ends in 10 days'])
    expect(mails[0]?.text).toContain('Chains that rely on it: 0')
  })
})

describe('the calendar', () => {
  test('holds the ends and changes to come, under an address whose token is kept as a hash', async () => {
    const { ctx, input, application, submit } = await aSetting()
    const old = await submit(90)
    const next = await submit(300, {
      start: 'later',
      startsAt: addDays(NOW, 1).toISOString(),
      others: 'end',
      replacesAt: addDays(NOW, 8).toISOString(),
    })
    const { url } = await renewCalendar(ctx, input)
    const text = await getCalendar({ ...ctx, actor: { kind: 'anonymous' } }, tokenOf(url))
    expect(text).toMatch(/^BEGIN:VCALENDAR\r\n[\s\S]+END:VCALENDAR/)
    const ids = [...text.matchAll(/UID:(\S+)@/g)].map(([, id]) => id)
    expect(ids.toSorted()).toEqual([`${old}-end`, `${next}-start`, `${next}-expiry`].toSorted())
    expect(text).toContain('cut-over')
    const [row] = await db
      .select()
      .from(certificateCalendars)
      .where(eq(certificateCalendars.applicationId, application.id))
    expect(row?.tokenHash).toHaveLength(32)
    const events = await db.select().from(auditEvents).where(eq(auditEvents.action, 'calendar.renewed'))
    expect(events.map(({ data }) => JSON.stringify(data))).not.toContain(tokenOf(url))
    expect(await findCalendar(ctx, input)).toMatchObject({ createdAt: NOW })
  })

  test('a new address ends the one before, an unknown one opens nothing, nor does one of somebody who left', async () => {
    const { ctx, input, person, customer } = await aSetting()
    const anonymous = { ...ctx, actor: { kind: 'anonymous' as const } }
    const first = tokenOf((await renewCalendar(ctx, input)).url)
    const second = tokenOf((await renewCalendar(ctx, input)).url)
    await expect(getCalendar(anonymous, second)).resolves.toContain('VCALENDAR')
    for (const token of [first, newOpaqueToken(), '', 'x'.repeat(43)]) {
      await expect(getCalendar(anonymous, token)).rejects.toMatchObject({ kind: 'not-found' })
    }
    await db
      .update(memberships)
      .set({ endedAt: NOW })
      .where(sql`person_id = ${person.id} and customer_id = ${customer.id}`)
    await expect(getCalendar(anonymous, second)).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('of a cut-over that would come after the chain’s own end nothing is said but that end', async () => {
    const { ctx, input, submit } = await aSetting()
    const id = await submit(20)
    await db
      .update(certificateChains)
      .set({ endsAt: addDays(NOW, 30) })
      .where(eq(certificateChains.id, id))
    const { url } = await renewCalendar(ctx, input)
    const text = await getCalendar({ ...ctx, actor: { kind: 'anonymous' } }, tokenOf(url))
    expect([...text.matchAll(/UID:(\S+)@/g)].map(([, uid]) => uid)).toEqual([`${id}-expiry`])
  })

  test('strangers neither make nor see one', async () => {
    const { input } = await aSetting()
    const stranger = await aSetting()
    await expect(renewCalendar(stranger.ctx, input)).rejects.toMatchObject({ kind: 'not-found' })
    await expect(findCalendar(stranger.ctx, input)).rejects.toMatchObject({ kind: 'not-found' })
    await expect(renewCalendar(operator, input)).rejects.toMatchObject({ reason: 'sign-in-required' })
  })
})
