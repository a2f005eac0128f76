import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import {
  knownDevices,
  mailLinks,
  passkeyChallenges,
  passkeys,
  people,
  sessions,
  signInAttempts,
  totpFactors,
} from '@/db/schema/people'
import { isOpaqueToken, sha256 } from '@/lib/core/secrets'

const PERSON = {
  id: people.id,
  email: people.email,
  name: people.name,
  locale: people.locale,
  emailConfirmedAt: people.emailConfirmedAt,
  disabledAt: people.disabledAt,
  createdAt: people.createdAt,
}
const PERSON_WITH_HASH = { ...PERSON, passwordHash: people.passwordHash }

export async function findPersonByEmail(db: Database, email: string) {
  const [row] = await db
    .select(PERSON_WITH_HASH)
    .from(people)
    .where(eq(sql`lower(${people.email})`, email.toLowerCase()))
  return row ?? null
}

export async function findPerson(db: Database, personId: string) {
  const [row] = await db.select(PERSON).from(people).where(eq(people.id, personId))
  return row ?? null
}

export async function findPasswordHash(db: Database, personId: string): Promise<string | null> {
  const [row] = await db.select({ passwordHash: people.passwordHash }).from(people).where(eq(people.id, personId))
  return row?.passwordHash ?? null
}

export type Person = NonNullable<Awaited<ReturnType<typeof findPerson>>>

/** The device of the person that holds this cookie. */
export async function findDevice(db: Database, personId: string, token: string | null): Promise<string | null> {
  if (!token || !isOpaqueToken(token)) return null
  const [row] = await db
    .select({ id: knownDevices.id })
    .from(knownDevices)
    .where(and(eq(knownDevices.tokenHash, sha256(token)), eq(knownDevices.personId, personId)))
  return row?.id ?? null
}

/** Every authenticator that the person has, or, with `removed`, ever had. */
export async function listAuthenticators(db: Database, personId: string, options: { removed: boolean }) {
  const keys = await db
    .select({ id: passkeys.id, acceptsFrom: passkeys.acceptsFrom, removedAt: passkeys.removedAt })
    .from(passkeys)
    .where(eq(passkeys.personId, personId))
  const codes = await db
    .select({ id: totpFactors.id, acceptsFrom: totpFactors.acceptsFrom, removedAt: totpFactors.removedAt })
    .from(totpFactors)
    .where(and(eq(totpFactors.personId, personId), sql`${totpFactors.confirmedAt} is not null`))
  const all = [
    ...keys.map((row) => ({ ...row, kind: 'passkey' as const })),
    ...codes.map((row) => ({ ...row, kind: 'totp' as const })),
  ]
  return options.removed ? all : all.filter((row) => row.removedAt === null)
}

/** Consumes a challenge of this purpose and person. Zero rows: unknown, used, expired, or somebody else's. */
export async function consumeChallenge(
  db: Database,
  input: { id: string; purpose: string; personId: string | null; now: Date },
): Promise<Buffer | null> {
  const [row] = await db
    .update(passkeyChallenges)
    .set({ consumedAt: input.now })
    .where(
      and(
        eq(passkeyChallenges.id, input.id),
        eq(passkeyChallenges.purpose, input.purpose),
        input.personId === null ? isNull(passkeyChallenges.personId) : eq(passkeyChallenges.personId, input.personId),
        isNull(passkeyChallenges.consumedAt),
        gt(passkeyChallenges.expiresAt, input.now),
      ),
    )
    .returning({ challenge: passkeyChallenges.challenge })
  return row ? Buffer.from(row.challenge, 'base64url') : null
}

export type LinkPurpose = 'confirm-email' | 'change-email' | 'reset-password'

/** A link to be mailed; earlier links of the same purpose are dead from now on. */
export async function insertMailLink(
  db: Database,
  link: { token: string; personId: string; purpose: LinkPurpose; email: string; expiresAt: Date; now: Date },
): Promise<void> {
  await db
    .update(mailLinks)
    .set({ consumedAt: link.now })
    .where(
      and(eq(mailLinks.personId, link.personId), eq(mailLinks.purpose, link.purpose), isNull(mailLinks.consumedAt)),
    )
  await db.insert(mailLinks).values({
    tokenHash: sha256(link.token),
    personId: link.personId,
    purpose: link.purpose,
    email: link.email,
    expiresAt: link.expiresAt,
  })
}

export async function consumeMailLink(db: Database, input: { token: string; purposes: LinkPurpose[]; now: Date }) {
  const [row] = await db
    .update(mailLinks)
    .set({ consumedAt: input.now })
    .where(
      and(
        eq(mailLinks.tokenHash, sha256(input.token)),
        sql`${mailLinks.purpose} = any(${sql.param(input.purposes)}::text[])`,
        isNull(mailLinks.consumedAt),
        gt(mailLinks.expiresAt, input.now),
      ),
    )
    .returning({ personId: mailLinks.personId, purpose: mailLinks.purpose, email: mailLinks.email })
  return row ?? null
}

/**
 * With a new password, what was begun under the old one is over: mailed links (a change of address above all, which would
 * hand over the account later) and sign-ins that wait for their second factor.
 */
export async function endBegun(db: Database, personId: string, now: Date): Promise<void> {
  await db
    .update(mailLinks)
    .set({ consumedAt: now })
    .where(and(eq(mailLinks.personId, personId), isNull(mailLinks.consumedAt)))
  await db
    .update(signInAttempts)
    .set({ consumedAt: now })
    .where(and(eq(signInAttempts.personId, personId), isNull(signInAttempts.consumedAt)))
}

/** Ends every session of the person but one, and tells how many. */
export async function revokeSessions(
  db: Database,
  input: { personId: string; except: string | null; now: Date },
): Promise<number> {
  const rows = await db
    .update(sessions)
    .set({ revokedAt: input.now })
    .where(
      and(
        eq(sessions.personId, input.personId),
        isNull(sessions.revokedAt),
        input.except === null ? undefined : sql`${sessions.id} <> ${input.except}`,
      ),
    )
    .returning({ id: sessions.id })
  return rows.length
}
