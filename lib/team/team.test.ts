import { and, eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aCustomer, aMember, anApplication, aPerson } from '@/db/factories'
import { applicationMembers } from '@/db/schema/applications'
import { memberships } from '@/db/schema/customers'
import { auditEvents } from '@/db/schema/partitioned'
import { people } from '@/db/schema/people'
import { applicationInvitations } from '@/db/schema/team'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { APPLICATION_ROLES, type ApplicationRole } from '@/lib/access/permissions'
import { getApplication } from '@/lib/applications/get-application'
import type { Context } from '@/lib/context/context'
import { isDomainError } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addDays, addMs, MINUTE } from '@/lib/core/time'
import { makeSecret } from '@/lib/credentials/make-secret'
import { revokeSecret } from '@/lib/credentials/revoke-secret'
import { readMail, readToken } from '@/lib/people/testing/read-mail'
import { acceptInvitation } from './accept-invitation'
import { changeRole } from './change-role'
import { confirmClaim } from './confirm-claim'
import { declineInvitation } from './decline-invitation'
import { findInvitation, listReceivedInvitations } from './find-invitation'
import { inviteMember } from './invite-member'
import { listFormerMembers, listInvitations, listMembers, listWhatTheySaw } from './list-team'
import { leaveApplication, removeMember } from './remove-member'
import { resendInvitation } from './resend-invitation'
import {
  INVITATION_DAYS,
  INVITATIONS_A_DAY,
  InviteMemberInput,
  OPEN_INVITATION_LIMIT,
  SEND_LIMIT,
  SENDS_TO_ADDRESS_A_DAY,
} from './schema'
import { withdrawInvitation } from './withdraw-invitation'

const { db, url } = await testDatabase()
const replica = await connectReplica(url)
const now = new Date()

function acting(personId: string, customerId: string | null = null) {
  return testContext(db, personActor(personId, { customerId }, now), now)
}

function later<C extends Context>(ctx: C, ms: number): C {
  return { ...ctx, now: addMs(ctx.now, ms) }
}

/** Later, with a proof of a strong factor as fresh as before. */
function daysLater(ctx: ReturnType<typeof acting>, days: number) {
  const then = addDays(now, days)
  return { ...ctx, now: then, actor: { ...ctx.actor, steppedUpAt: then } }
}

async function aScene() {
  const owner = await aPerson(db)
  const customer = await aCustomer(db, owner.id)
  const application = await anApplication(db, customer.id)
  return { owner, customer, applicationId: application.id, application, ctx: acting(owner.id, customer.id) }
}

async function somebody(values: Parameters<typeof aPerson>[1] = {}) {
  const person = await aPerson(db, values)
  return { person, ctx: acting(person.id) }
}

async function inRole(applicationId: string, role: ApplicationRole) {
  const { personId, id } = await aMember(db, applicationId, role)
  return { ctx: acting(personId), memberId: id, personId }
}

/** Invites the person, and answers with the token of the mail that came. */
async function invite(ctx: Context, applicationId: string, email: string, role: ApplicationRole = 'developer') {
  await inviteMember(ctx, { applicationId, email, role })
  const [invitation] = await db
    .select({ id: applicationInvitations.id })
    .from(applicationInvitations)
    .where(
      and(
        eq(applicationInvitations.applicationId, applicationId),
        eq(applicationInvitations.email, email),
        sql`accepted_at is null and withdrawn_at is null`,
      ),
    )
  return { token: await readToken(db, email), invitationId: invitation?.id ?? '' }
}

async function reasonOf(act: Promise<unknown>): Promise<string> {
  try {
    await act
  } catch (error) {
    if (isDomainError(error)) return error.reason
    throw error
  }
  return 'done'
}

async function actionsOf(applicationId: string) {
  const rows = await db
    .select({ action: auditEvents.action, data: auditEvents.data })
    .from(auditEvents)
    .where(eq(auditEvents.applicationId, applicationId))
    .orderBy(auditEvents.id)
  return rows
}

describe('inviteMember', () => {
  test('mails a link, keeps its hash alone, and writes neither link nor address down', async () => {
    const { ctx, applicationId, application } = await aScene()
    const email = `new-${newOpaqueToken().slice(0, 8)}@example.test`
    const { token, invitationId } = await invite(ctx, applicationId, email)
    const [mail] = await readMail(db, email)
    expect(mail?.subject).toContain(application.name)
    expect(mail?.text).toContain(`/invitations?token=${token}`)
    expect(mail?.text).toContain('Developer')
    const [row] = await db.select().from(applicationInvitations).where(eq(applicationInvitations.id, invitationId))
    expect(row?.tokenHash.equals(sha256(token))).toBe(true)
    expect(row?.expiresAt).toEqual(addDays(now, INVITATION_DAYS))
    const audit = await actionsOf(applicationId)
    expect(audit).toEqual([{ action: 'invitation.sent', data: { role: 'developer' } }])
    expect(await listInvitations(ctx, { applicationId })).toMatchObject([{ email, state: 'open', claimedBy: null }])
  })

  test.each(APPLICATION_ROLES)('as %s follows the table, and only an owner makes owners', async (role) => {
    const { applicationId } = await aScene()
    const { ctx } = await inRole(applicationId, role)
    const may = role === 'owner' || role === 'admin'
    const input = { applicationId, email: 'a@example.test', role: 'admin' as const }
    expect(await reasonOf(inviteMember(ctx, input))).toBe(may ? 'done' : 'permission-required')
    expect(await reasonOf(inviteMember(ctx, { ...input, email: 'b@example.test', role: 'owner' }))).toBe(
      role === 'owner' ? 'done' : 'permission-required',
    )
    expect(await reasonOf(listInvitations(ctx, { applicationId }))).toBe(may ? 'done' : 'permission-required')
  })

  test('needs step-up, and is the answer for a missing application to a stranger', async () => {
    const { ctx, applicationId } = await aScene()
    const stranger = await aScene()
    const input = { applicationId, email: 'c@example.test', role: 'developer' as const }
    expect(await reasonOf(inviteMember(later(ctx, 6 * MINUTE), input))).toBe('step-up-required')
    expect(await reasonOf(inviteMember(later(stranger.ctx, 6 * MINUTE), input))).toBe('not-found')
    expect(await reasonOf(inviteMember(ctx, { ...input, applicationId: newId('application') }))).toBe('not-found')
    expect(await reasonOf(listMembers(stranger.ctx, { applicationId }))).toBe('not-found')
  })

  test.each([
    { email: 'no address', role: 'developer' },
    { email: '', role: 'developer' },
    { email: 'a@example.test', role: 'king' },
    { email: 'a@example.test' },
  ])('does not take %j', (values) => {
    expect(InviteMemberInput.safeParse({ applicationId: 'app_1', ...values }).success).toBe(false)
  })

  test('an address is invited once at a time, whatever its case, also by many at once; a member not at all', async () => {
    const { ctx, applicationId, owner } = await aScene()
    const input = { applicationId, email: 'Twice@example.test', role: 'developer' as const }
    const outcomes = await Promise.all(
      [db, replica.db, db, replica.db].map((on) => reasonOf(inviteMember({ ...ctx, db: on }, input))),
    )
    expect(outcomes.sort()).toEqual(['done', 'invitation-exists', 'invitation-exists', 'invitation-exists'])
    expect(await reasonOf(inviteMember(ctx, { ...input, email: 'twice@EXAMPLE.test' }))).toBe('invitation-exists')
    expect(await reasonOf(inviteMember(ctx, { ...input, email: owner.email.toUpperCase() }))).toBe('already-member')
    const expired = daysLater(ctx, INVITATION_DAYS)
    expect(await reasonOf(inviteMember(expired, input))).toBe('done')
    expect(await listInvitations(expired, { applicationId })).toHaveLength(1)
  })

  test('open ones are bounded, also for many at once, and so are those of a day, withdrawn ones included', async () => {
    const { ctx, applicationId } = await aScene()
    const send = (n: number) =>
      reasonOf(inviteMember(ctx, { applicationId, email: `bound-${n}@example.test`, role: 'analyst' }))
    const outcomes = await Promise.all(Array.from({ length: OPEN_INVITATION_LIMIT + 5 }, (_, n) => send(n)))
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(OPEN_INVITATION_LIMIT)
    expect(outcomes.filter((outcome) => outcome === 'invitation-limit-reached')).toHaveLength(5)
    await db
      .update(applicationInvitations)
      .set({ withdrawnAt: now })
      .where(eq(applicationInvitations.applicationId, applicationId))
    const more: string[] = []
    for (let n = 100; n < 100 + INVITATIONS_A_DAY - OPEN_INVITATION_LIMIT + 1; n++) {
      more.push(await send(n))
      await db
        .update(applicationInvitations)
        .set({ withdrawnAt: now })
        .where(eq(applicationInvitations.applicationId, applicationId))
    }
    expect(more.filter((outcome) => outcome === 'done')).toHaveLength(INVITATIONS_A_DAY - OPEN_INVITATION_LIMIT)
    expect(more.at(-1)).toBe('invitation-limit-reached')
  })
})

describe('mails of invitations', () => {
  test('to one address are bounded over all applications, on two replicas, resends included', async () => {
    const { person } = await somebody()
    const scenes = await Promise.all(Array.from({ length: SENDS_TO_ADDRESS_A_DAY }, () => aScene()))
    const [first] = scenes
    if (!first) throw new Error('no scene')
    const { invitationId } = await invite(first.ctx, first.applicationId, person.email)
    await resendInvitation(first.ctx, { invitationId })
    const outcomes = await Promise.all(
      scenes.slice(1).map(({ ctx, applicationId }, n) => {
        const input = {
          applicationId,
          email: n % 2 ? person.email.toUpperCase() : person.email,
          role: 'analyst' as const,
        }
        return reasonOf(inviteMember({ ...ctx, db: n % 2 ? db : replica.db }, input))
      }),
    )
    expect(outcomes.sort()).toEqual(['done', 'done', 'done', 'sends-of-day-reached'])
    expect(await reasonOf(resendInvitation(first.ctx, { invitationId }))).toBe('sends-of-day-reached')
    expect(await reasonOf(resendInvitation(daysLater(first.ctx, 1), { invitationId }))).toBe('done')
  })

  test('by one person are bounded over all applications, resends included; what is refused counts for nothing', async () => {
    const { ctx, customer, applicationId } = await aScene()
    const other = await anApplication(db, customer.id)
    for (const [n, id] of Array.from({ length: 20 }, (_, n) => [n, n % 2 ? applicationId : other.id] as const)) {
      const { invitationId } = await invite(ctx, id, `sender-${n}-${applicationId}@example.test`)
      if (n < 15) await Promise.all([1, 2].map(() => resendInvitation(ctx, { invitationId })))
    }
    const another = { applicationId, email: `sender-last-${applicationId}@example.test`, role: 'analyst' as const }
    for (let n = 0; n < 3; n++) expect(await reasonOf(inviteMember(ctx, another))).toBe('sends-of-day-reached')
    expect(await listInvitations(ctx, { applicationId })).toHaveLength(10)
    expect(await reasonOf(inviteMember(daysLater(ctx, 1), another))).toBe('done')
  })
})

describe('acceptInvitation', () => {
  test('lets in the person who has the address, belonging to no Customer, with the role that was offered', async () => {
    const { ctx, applicationId, application, customer, owner } = await aScene()
    const { person, ctx: theirs } = await somebody()
    const { token } = await invite(ctx, applicationId, person.email.toUpperCase().replace('@EXAMPLE', '@example'))
    const shown = await findInvitation(testContext(db, { kind: 'anonymous' as const }, now), { token })
    expect(shown).toMatchObject({
      applicationName: application.name,
      customerName: customer.name,
      invitedBy: owner.name,
      role: 'developer',
    })
    expect(await reasonOf(getApplication(theirs, { applicationId }))).toBe('not-found')
    expect(await acceptInvitation(theirs, { token })).toEqual({ outcome: 'joined', applicationId })
    expect((await getApplication(theirs, { applicationId })).role).toBe('developer')
    await expect(makeSecret(theirs, { applicationId, environment: 'sandbox' })).resolves.toBeDefined()
    expect((await actionsOf(applicationId)).map(({ action }) => action)).toEqual([
      'invitation.sent',
      'member.joined',
      'secret.made',
    ])
    expect(await reasonOf(acceptInvitation(theirs, { token }))).toBe('invitation-over')
    expect(await findInvitation(theirs, { token })).toBeNull()
  })

  test('needs no link from who has the address, so that it outlives a sign-up on the way', async () => {
    const { ctx, applicationId } = await aScene()
    const email = `late-${newOpaqueToken().slice(0, 8)}@example.test`
    const { invitationId } = await invite(ctx, applicationId, email)
    const unconfirmed = await somebody({ email, emailConfirmedAt: null })
    expect(await listReceivedInvitations(unconfirmed.ctx)).toEqual([])
    expect(await reasonOf(acceptInvitation(unconfirmed.ctx, { invitationId }))).toBe('invitation-over')
    await db.execute(sql`update people set email_confirmed_at = now() where id = ${unconfirmed.person.id}`)
    expect(await listReceivedInvitations(unconfirmed.ctx)).toMatchObject([{ id: invitationId, email }])
    expect(await acceptInvitation(unconfirmed.ctx, { invitationId })).toMatchObject({ outcome: 'joined' })
    const other = await somebody()
    const { invitationId: second } = await invite(ctx, applicationId, `z-${email}`)
    expect(await reasonOf(acceptInvitation(other.ctx, { invitationId: second }))).toBe('invitation-over')
  })

  test('of many at the same moment, on two replicas, one comes in', async () => {
    const { ctx, applicationId } = await aScene()
    const { person, ctx: theirs } = await somebody()
    const { token, invitationId } = await invite(ctx, applicationId, person.email)
    const outcomes = await Promise.all(
      [db, replica.db, db, replica.db].map((on, n) =>
        reasonOf(acceptInvitation({ ...theirs, db: on }, n % 2 ? { token } : { invitationId })),
      ),
    )
    expect(outcomes.sort()).toEqual(['done', 'invitation-over', 'invitation-over', 'invitation-over'])
    expect((await listMembers(ctx, { applicationId })).filter(({ memberId }) => memberId !== null)).toHaveLength(1)
  })

  test('answers alike for a link that is unknown, malformed, used, withdrawn, renewed or too old', async () => {
    const { ctx, applicationId } = await aScene()
    const { person, ctx: theirs } = await somebody()
    const seen = new Set<string>()
    const gather = async (act: Promise<unknown>) =>
      act.then(
        () => expect.fail('answered'),
        (error) => seen.add(`${error.kind} ${error.reason} ${error.message}`),
      )
    const old = await invite(ctx, applicationId, person.email)
    await gather(acceptInvitation(daysLater(theirs, INVITATION_DAYS), old))
    expect(await findInvitation(daysLater(theirs, INVITATION_DAYS), old)).toBeNull()
    await resendInvitation(ctx, old)
    await gather(acceptInvitation(theirs, { token: old.token }))
    await withdrawInvitation(ctx, old)
    await gather(acceptInvitation(theirs, { token: await readToken(db, person.email) }))
    await gather(acceptInvitation(theirs, { invitationId: old.invitationId }))
    await gather(acceptInvitation(theirs, { token: newOpaqueToken() }))
    await gather(acceptInvitation(theirs, { token: '\u0000' }))
    expect(seen.size).toBe(1)
    expect(await reasonOf(acceptInvitation(testContext(db, { kind: 'anonymous' as const }), old))).toBe(
      'sign-in-required',
    )
  })

  test('is over once who sent it may not invite any more', async () => {
    const { ctx, applicationId } = await aScene()
    const admin = await inRole(applicationId, 'admin')
    const { person, ctx: theirs } = await somebody()
    const { token, invitationId } = await invite(admin.ctx, applicationId, person.email, 'admin')
    await removeMember(ctx, { applicationId, memberId: admin.memberId })
    expect(await findInvitation(theirs, { token })).toBeNull()
    expect(await listReceivedInvitations(theirs)).toEqual([])
    expect(await reasonOf(acceptInvitation(theirs, { token }))).toBe('invitation-over')
    expect(await listInvitations(ctx, { applicationId })).toMatchObject([{ state: 'void' }])
    await resendInvitation(ctx, { invitationId })
    expect(await acceptInvitation(theirs, { invitationId })).toMatchObject({ outcome: 'joined' })
  })

  test('is declined by who has the address, and by nobody else', async () => {
    const { ctx, applicationId } = await aScene()
    const { person, ctx: theirs } = await somebody()
    const { token, invitationId } = await invite(ctx, applicationId, person.email)
    expect(await reasonOf(declineInvitation((await somebody()).ctx, { invitationId }))).toBe('invitation-over')
    await declineInvitation(theirs, { invitationId })
    expect(await reasonOf(acceptInvitation(theirs, { token }))).toBe('invitation-over')
    expect((await actionsOf(applicationId)).at(-1)?.action).toBe('invitation.declined')
  })
})

describe('an invitation opened with another address', () => {
  test('uses up the link, lets nobody in, and shows the inviter who waits', async () => {
    const { ctx, applicationId, owner } = await aScene()
    const addressee = await somebody()
    const other = await somebody()
    const { token, invitationId } = await invite(ctx, applicationId, addressee.person.email)
    expect(await acceptInvitation(other.ctx, { token })).toEqual({ outcome: 'claimed' })
    expect(await reasonOf(getApplication(other.ctx, { applicationId }))).toBe('not-found')
    expect(await findInvitation(other.ctx, { token })).toMatchObject({ id: invitationId, isClaimed: true })
    expect(await findInvitation(addressee.ctx, { token })).toBeNull()
    expect(await reasonOf(acceptInvitation((await somebody()).ctx, { token }))).toBe('invitation-over')
    const { email, name, id: personId } = other.person
    expect(await listInvitations(ctx, { applicationId })).toMatchObject([
      { state: 'claimed', claimedBy: { personId, name, email } },
    ])
    expect((await readMail(db, owner.email))[0]?.text).toContain(email)
    // The addressee comes in all the same.
    expect(await acceptInvitation(addressee.ctx, { invitationId })).toMatchObject({ outcome: 'joined' })
    expect(await reasonOf(confirmClaim(ctx, { invitationId, personId }))).toBe('not-found')
  })

  test('is confirmed by who may give the role, with step-up, for the person whose address was shown', async () => {
    const { ctx, applicationId } = await aScene()
    const other = await somebody()
    const { token, invitationId } = await invite(ctx, applicationId, 'owner-to-be@example.test', 'owner')
    await acceptInvitation(other.ctx, { token })
    const input = { invitationId, personId: other.person.id }
    const admin = await inRole(applicationId, 'admin')
    expect(await reasonOf(confirmClaim(admin.ctx, input))).toBe('permission-required')
    expect(await reasonOf(confirmClaim((await aScene()).ctx, input))).toBe('not-found')
    expect(await reasonOf(confirmClaim(later(ctx, 6 * MINUTE), input))).toBe('step-up-required')
    const shownBefore = await somebody()
    expect(await reasonOf(confirmClaim(ctx, { ...input, personId: shownBefore.person.id }))).toBe('invitation-over')
    await confirmClaim(ctx, input)
    expect((await getApplication(other.ctx, { applicationId })).role).toBe('owner')
    expect((await readMail(db, other.person.email))[0]?.text).toContain(`/applications/${applicationId}`)
    expect((await actionsOf(applicationId)).map(({ action }) => action)).toEqual([
      'invitation.sent',
      'invitation.claimed',
      'invitation.confirmed',
      'member.joined',
    ])
  })

  test('sent again, forgets who waited; a member of the team cannot claim', async () => {
    const { ctx, applicationId } = await aScene()
    const other = await somebody()
    const { token, invitationId } = await invite(ctx, applicationId, 'again@example.test')
    const member = await inRole(applicationId, 'analyst')
    expect(await reasonOf(acceptInvitation(member.ctx, { token }))).toBe('you-are-member')
    await acceptInvitation(other.ctx, { token })
    await resendInvitation(ctx, { invitationId })
    expect(await reasonOf(confirmClaim(ctx, { invitationId, personId: other.person.id }))).toBe('invitation-over')
    expect((await listInvitations(ctx, { applicationId }))[0]?.state).toBe('open')
  })
})

describe('resendInvitation and withdrawInvitation', () => {
  test('are for who may invite, with step-up; sending is bounded, and revives what has expired', async () => {
    const { ctx, applicationId } = await aScene()
    const { person, ctx: theirs } = await somebody()
    const { invitationId } = await invite(ctx, applicationId, person.email)
    const developer = await inRole(applicationId, 'developer')
    const stranger = await aScene()
    for (const act of [resendInvitation, withdrawInvitation]) {
      expect(await reasonOf(act(developer.ctx, { invitationId }))).toBe('permission-required')
      expect(await reasonOf(act(stranger.ctx, { invitationId }))).toBe('not-found')
      expect(await reasonOf(act(ctx, { invitationId: newId('invitation') }))).toBe('not-found')
      expect(await reasonOf(act(later(ctx, 6 * MINUTE), { invitationId }))).toBe('step-up-required')
    }
    const then = daysLater(ctx, INVITATION_DAYS)
    for (let n = 1; n < SEND_LIMIT; n++) await resendInvitation(then, { invitationId })
    expect(await reasonOf(resendInvitation(then, { invitationId }))).toBe('send-limit-reached')
    expect(await readMail(db, person.email)).toHaveLength(SEND_LIMIT)
    const token = await readToken(db, person.email)
    expect(await acceptInvitation({ ...theirs, now: then.now }, { token })).toMatchObject({ outcome: 'joined' })
    expect(await reasonOf(withdrawInvitation(then, { invitationId }))).toBe('not-found')
  })

  test('of an acceptance and a withdrawal at the same moment one wins', async () => {
    for (let n = 0; n < 6; n++) {
      const { ctx, applicationId } = await aScene()
      const { person, ctx: theirs } = await somebody()
      const { token, invitationId } = await invite(ctx, applicationId, person.email)
      const [accepted, withdrawn] = await Promise.all([
        reasonOf(acceptInvitation({ ...theirs, db: replica.db }, { token })),
        reasonOf(withdrawInvitation(ctx, { invitationId })),
      ])
      expect([accepted, withdrawn].filter((outcome) => outcome === 'done')).toHaveLength(1)
      expect(await reasonOf(getApplication(theirs, { applicationId }))).toBe(accepted === 'done' ? 'done' : 'not-found')
    }
  })
})

describe('changeRole', () => {
  test('counts from the next request, tells the person, and leaves a row for a change alone', async () => {
    const { ctx, applicationId } = await aScene()
    const member = await inRole(applicationId, 'developer')
    const change = { applicationId, memberId: member.memberId, role: 'analyst' as const }
    expect(await reasonOf(changeRole(later(ctx, 6 * MINUTE), change))).toBe('step-up-required')
    await changeRole(ctx, change)
    await changeRole(ctx, change)
    expect(await reasonOf(makeSecret(member.ctx, { applicationId, environment: 'sandbox' }))).toBe(
      'permission-required',
    )
    expect(await actionsOf(applicationId)).toEqual([
      { action: 'member.role-changed', data: { from: 'developer', to: 'analyst' } },
    ])
  })

  test('an admin makes no owners and changes none; strangers and other applications see nothing', async () => {
    const { ctx, applicationId } = await aScene()
    const admin = await inRole(applicationId, 'admin')
    const owner = await inRole(applicationId, 'owner')
    const developer = await inRole(applicationId, 'developer')
    const to = (memberId: string, role: ApplicationRole) => ({ applicationId, memberId, role })
    expect(await reasonOf(changeRole(admin.ctx, to(developer.memberId, 'owner')))).toBe('permission-required')
    expect(await reasonOf(changeRole(admin.ctx, to(owner.memberId, 'analyst')))).toBe('permission-required')
    expect(await reasonOf(removeMember(admin.ctx, { applicationId, memberId: owner.memberId }))).toBe(
      'permission-required',
    )
    expect(await reasonOf(changeRole(admin.ctx, to(developer.memberId, 'admin')))).toBe('done')
    const elsewhere = await aScene()
    for (const memberId of [developer.memberId, newId('member')]) {
      expect(await reasonOf(changeRole(elsewhere.ctx, { ...to(memberId, 'analyst') }))).toBe('not-found')
      const crossed = { applicationId: elsewhere.applicationId, memberId, role: 'analyst' as const }
      expect(await reasonOf(changeRole(elsewhere.ctx, crossed))).toBe('not-found')
    }
    expect(await reasonOf(changeRole(ctx, to(owner.memberId, 'admin')))).toBe('done')
  })
})

describe('removeMember and leaveApplication', () => {
  test('end access with the next request; the owners get the list of what was seen', async () => {
    const { ctx, applicationId, owner } = await aScene()
    const admin = await inRole(applicationId, 'admin')
    const member = await inRole(applicationId, 'developer')
    const place = { applicationId, environment: 'sandbox' as const }
    const made = await makeSecret(member.ctx, place)
    const dead = await makeSecret(member.ctx, place)
    await revokeSecret(member.ctx, { secretId: dead.secretId, keepsTokens: false })
    await makeSecret(ctx, place)
    const remove = { applicationId, memberId: member.memberId }
    expect(await reasonOf(removeMember(later(admin.ctx, 6 * MINUTE), remove))).toBe('step-up-required')
    expect(await reasonOf(removeMember(member.ctx, remove))).toBe('permission-required')
    await removeMember(admin.ctx, remove)
    for (const act of [
      () => getApplication(member.ctx, { applicationId }),
      () => makeSecret(member.ctx, place),
      () => listMembers(member.ctx, { applicationId }),
    ]) {
      expect(await reasonOf(act())).toBe('not-found')
    }
    const [mail] = await readMail(db, owner.email)
    expect(mail?.text).toContain(`/applications/${applicationId}/team/${member.memberId}`)
    expect(mail?.text).toContain('still work: 1')
    const saw = await listWhatTheySaw(ctx, remove)
    expect(saw.secrets.map(({ id }) => id)).toEqual([made.secretId])
    expect(await listFormerMembers(ctx, { applicationId })).toMatchObject([{ memberId: member.memberId, left: false }])
    expect((await actionsOf(applicationId)).at(-1)).toEqual({
      action: 'member.removed',
      data: { role: 'developer', liveSecretsSeen: 1 },
    })
    expect(await reasonOf(removeMember(admin.ctx, remove))).toBe('not-found')
    expect(await reasonOf(listWhatTheySaw((await aScene()).ctx, remove))).toBe('not-found')
  })

  test('who left may be invited again', async () => {
    const { ctx, applicationId } = await aScene()
    const { person, ctx: theirs } = await somebody()
    await acceptInvitation(theirs, await invite(ctx, applicationId, person.email))
    expect(await reasonOf(leaveApplication(later(theirs, 6 * MINUTE), { applicationId }))).toBe('step-up-required')
    await leaveApplication(theirs, { applicationId })
    expect(await reasonOf(leaveApplication(theirs, { applicationId }))).toBe('not-found')
    expect(await listFormerMembers(ctx, { applicationId })).toMatchObject([{ left: true }])
    const { invitationId } = await invite(ctx, applicationId, person.email, 'auditor')
    await acceptInvitation(theirs, { invitationId })
    expect((await getApplication(theirs, { applicationId })).role).toBe('auditor')
  })

  test('a role by the business is not left here', async () => {
    const { ctx, applicationId } = await aScene()
    expect(await reasonOf(leaveApplication(ctx, { applicationId }))).toBe('not-by-team')
  })
})

describe('the last owner', () => {
  /** Owned by its team alone: nobody of the business is left. */
  async function withoutBusiness(owners: number) {
    const scene = await aScene()
    const places = []
    for (let n = 0; n < owners; n++) places.push(await inRole(scene.applicationId, 'owner'))
    await db.update(memberships).set({ endedAt: now }).where(eq(memberships.personId, scene.owner.id))
    return { applicationId: scene.applicationId, owners: places }
  }

  test('cannot leave, be removed or be made something else', async () => {
    const { applicationId, owners } = await withoutBusiness(1)
    const [last] = owners
    if (!last) throw new Error('no owner')
    const place = { applicationId, memberId: last.memberId }
    expect(await reasonOf(leaveApplication(last.ctx, { applicationId }))).toBe('last-owner')
    expect(await reasonOf(removeMember(last.ctx, place))).toBe('last-owner')
    expect(await reasonOf(changeRole(last.ctx, { ...place, role: 'admin' }))).toBe('last-owner')
    const next = await inRole(applicationId, 'developer')
    await changeRole(last.ctx, { applicationId, memberId: next.memberId, role: 'owner' })
    expect(await reasonOf(leaveApplication(last.ctx, { applicationId }))).toBe('done')
  })

  test('stay while the others’ accounts are disabled, by the team or by the business', async () => {
    const { applicationId, owners } = await withoutBusiness(2)
    const [one, two] = owners
    if (!one || !two) throw new Error('no owners')
    const disabledAt = { disabledAt: now }
    await db.update(people).set(disabledAt).where(eq(people.id, two.personId))
    expect(await reasonOf(leaveApplication(one.ctx, { applicationId }))).toBe('last-owner')
    const scene = await aScene()
    const member = await inRole(scene.applicationId, 'owner')
    await db.update(people).set(disabledAt).where(eq(people.id, scene.owner.id))
    expect(await reasonOf(leaveApplication(member.ctx, { applicationId: scene.applicationId }))).toBe('last-owner')
    await db.update(people).set({ disabledAt: null }).where(eq(people.id, scene.owner.id))
    expect(await reasonOf(leaveApplication(member.ctx, { applicationId: scene.applicationId }))).toBe('done')
  })

  test('of two who leave at the same moment, on two replicas, one stays', async () => {
    for (let n = 0; n < 8; n++) {
      const { applicationId, owners } = await withoutBusiness(2)
      const [one, two] = owners
      if (!one || !two) throw new Error('no owners')
      const outcomes = await Promise.all([
        reasonOf(leaveApplication(one.ctx, { applicationId })),
        n % 2
          ? reasonOf(leaveApplication({ ...two.ctx, db: replica.db }, { applicationId }))
          : reasonOf(
              changeRole({ ...two.ctx, db: replica.db }, { applicationId, memberId: two.memberId, role: 'analyst' }),
            ),
      ])
      expect(outcomes.sort()).toEqual(['done', 'last-owner'])
      const left = await db
        .select({ role: applicationMembers.role })
        .from(applicationMembers)
        .where(and(eq(applicationMembers.applicationId, applicationId), sql`ended_at is null and role = 'owner'`))
      expect(left).toHaveLength(1)
    }
  })

  test('may be removed by the other, who is removed at the same moment: one stays', async () => {
    for (let n = 0; n < 4; n++) {
      const { applicationId, owners } = await withoutBusiness(2)
      const [one, two] = owners
      if (!one || !two) throw new Error('no owners')
      const outcomes = await Promise.all([
        reasonOf(removeMember(one.ctx, { applicationId, memberId: two.memberId })),
        reasonOf(removeMember({ ...two.ctx, db: replica.db }, { applicationId, memberId: one.memberId })),
      ])
      expect(outcomes.sort()).toEqual(['done', 'not-found'])
    }
  })
})

describe('listMembers', () => {
  test('names each once by their strongest claim, owners first; addresses are for who manages', async () => {
    const { ctx, applicationId, owner, customer } = await aScene()
    const analyst = await inRole(applicationId, 'analyst')
    const admin = await inRole(applicationId, 'admin')
    const viewer = await somebody()
    await db
      .insert(memberships)
      .values({ id: 'mem_lm', personId: viewer.person.id, customerId: customer.id, role: 'viewer' })
    await aMember(db, applicationId, 'auditor', { personId: viewer.person.id })
    const seen = await listMembers(ctx, { applicationId })
    expect(seen.map(({ personId, role, isYou, memberId }) => [personId, role, isYou, memberId === null])).toEqual([
      [owner.id, 'owner', true, true],
      [admin.personId, 'admin', false, false],
      ...seen.slice(2).map(({ personId, role }) => [personId, role, false, false]),
    ])
    expect(
      seen
        .slice(2)
        .map(({ role }) => role)
        .sort(),
    ).toEqual(['analyst', 'auditor'])
    expect(seen[0]?.email).toBe(owner.email)
    expect((await listMembers(analyst.ctx, { applicationId })).map(({ email }) => email)).toEqual([
      null,
      null,
      null,
      null,
    ])
  })
})
