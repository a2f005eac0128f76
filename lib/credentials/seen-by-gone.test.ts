import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { aCustomer, aMember, anApplication, aPerson } from '@/db/factories'
import { memberships } from '@/db/schema/customers'
import { people } from '@/db/schema/people'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { addDays } from '@/lib/core/time'
import { type EndsWithMembership, leaveCustomer, removePerson } from '@/lib/customers/remove-person'
import { readMail } from '@/lib/people/testing/read-mail'
import { listSecretsSeenByGone } from './list-secrets-seen-by-gone'
import { makeSecret } from './make-secret'
import { revokeSecret } from './revoke-secret'
import { tellWhatMemberSaw } from './tell-what-they-saw'

const { db } = await testDatabase()
const alsoEnds: EndsWithMembership = tellWhatMemberSaw

async function aScene() {
  const owner = await aPerson(db, { name: 'Olga' })
  const customer = await aCustomer(db, owner.id)
  const leaving = await aPerson(db, { name: 'Lino' })
  const membership = { id: `mem_${leaving.id}`, personId: leaving.id, customerId: customer.id, role: 'owner' as const }
  await db.insert(memberships).values(membership)
  const application = await anApplication(db, customer.id)
  const as = (personId: string) => testContext(db, personActor(personId, { customerId: customer.id, role: 'owner' }))
  const place = { applicationId: application.id, environment: 'sandbox' as const }
  const seen = await makeSecret(as(leaving.id), { ...place, lifetimeDays: undefined })
  const gone = () => listSecretsSeenByGone(as(owner.id), place)
  return { owner, customer, leaving, application, as, place, seen, gone }
}

test('an owner who is removed from the business leaves a list of the secrets they saw, and a mail to the owners', async () => {
  const { owner, leaving, customer, as, seen, gone, application } = await aScene()
  expect(await gone()).toEqual([])
  await removePerson(as(owner.id), { customerId: customer.id, personId: leaving.id }, alsoEnds)
  expect(await gone()).toMatchObject([{ id: seen.secretId, personId: leaving.id, name: 'Lino' }])
  const mail = (await readMail(db, owner.email)).find(({ subject }) => subject.includes('were seen by'))
  expect(mail?.subject).toContain(application.name)
  expect(mail?.text).toContain('Lino')
  expect(mail?.text).toContain('still work: 1.')
  expect(mail?.text).toContain(`/applications/${application.id}/team#seen-by-gone`)
  expect(await readMail(db, leaving.email)).not.toContainEqual(expect.objectContaining({ subject: mail?.subject }))
  await revokeSecret(as(owner.id), { secretId: seen.secretId, keepsTokens: false })
  expect(await gone()).toEqual([])
})

test('so does one who goes by themselves; who keeps a role in the team is on no list', async () => {
  const first = await aScene()
  await leaveCustomer(first.as(first.leaving.id), { customerId: first.customer.id }, alsoEnds)
  expect(await first.gone()).toHaveLength(1)
  const second = await aScene()
  await aMember(db, second.application.id, 'developer', { personId: second.leaving.id })
  await leaveCustomer(second.as(second.leaving.id), { customerId: second.customer.id }, alsoEnds)
  expect(await second.gone()).toEqual([])
  const subjects = (await readMail(db, second.owner.email)).map(({ subject }) => subject)
  expect(subjects.filter((subject) => subject.includes('were seen by'))).toEqual([])
})

test('whose account was closed is on it as well; a stranger learns nothing', async () => {
  const { leaving, gone, place, seen } = await aScene()
  await db
    .update(people)
    .set({ disabledAt: addDays(new Date(), -1) })
    .where(eq(people.id, leaving.id))
  expect(await gone()).toMatchObject([{ id: seen.secretId }])
  const stranger = testContext(db, personActor((await aPerson(db)).id))
  await expect(listSecretsSeenByGone(stranger, place)).rejects.toMatchObject({ kind: 'not-found' })
})
