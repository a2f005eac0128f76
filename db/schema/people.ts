import { sql } from 'drizzle-orm'
import {
  bigserial,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { at, bytea, createdAt } from './columns'

export const people = pgTable(
  'people',
  {
    id: text('id').primaryKey(),
    email: text('email').notNull(), // as typed, trimmed; compared in lower case
    name: text('name').notNull(),
    locale: text('locale').notNull().default('en'),
    passwordHash: text('password_hash'),
    emailConfirmedAt: at('email_confirmed_at'),
    operatorSince: at('operator_since'),
    disabledAt: at('disabled_at'),
    createdAt: createdAt(),
  },
  (t) => [
    // One person per address, whatever its case.
    uniqueIndex('people_email_unique').on(sql`lower(${t.email})`),
    check('people_locale_known', sql`${t.locale} in ('en', 'it')`),
  ],
)

/** Links sent by mail: confirmation of an address, reset of a password. Single use by `consumed_at`. */
export const mailLinks = pgTable(
  'mail_links',
  {
    tokenHash: bytea('token_hash').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    purpose: text('purpose').notNull(),
    email: text('email').notNull(),
    expiresAt: at('expires_at').notNull(),
    consumedAt: at('consumed_at'),
    createdAt: createdAt(),
  },
  (t) => [check('mail_links_purpose_known', sql`${t.purpose} in ('confirm-email', 'change-email', 'reset-password')`)],
)

export const passkeys = pgTable(
  'passkeys',
  {
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    credentialId: text('credential_id').notNull().unique(), // base64url
    publicKey: bytea('public_key').notNull(), // COSE
    counter: integer('counter').notNull(),
    transports: jsonb('transports').$type<string[]>().notNull().default([]),
    rpId: text('rp_id').notNull(),
    name: text('name').notNull(),
    backupEligible: boolean('backup_eligible').notNull(),
    backedUp: boolean('backed_up').notNull(),
    // Until then it cannot accept dispositions (security.md, Identity and SCA); an older authenticator's confirmation sets it to now.
    acceptsFrom: at('accepts_from').notNull(),
    createdAt: createdAt(),
    lastUsedAt: at('last_used_at'),
    removedAt: at('removed_at'),
  },
  (t) => [index('passkeys_person').on(t.personId)],
)

export const totpFactors = pgTable(
  'totp_factors',
  {
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    secretSealed: bytea('secret_sealed').notNull(),
    lastStep: integer('last_step').notNull().default(0), // a code's time step is accepted once
    acceptsFrom: at('accepts_from').notNull(), // until then it confirms no newer authenticator, like a passkey's
    confirmedAt: at('confirmed_at'),
    removedAt: at('removed_at'),
    createdAt: createdAt(),
  },
  (t) => [
    // A person has one TOTP at a time.
    uniqueIndex('totp_factors_one_live').on(t.personId).where(sql`removed_at is null and confirmed_at is not null`),
  ],
)

export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    codeHash: bytea('code_hash').notNull(),
    usedAt: at('used_at'),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.personId, t.codeHash] })],
)

/** Where text messages go, once the code sent there has come back. Only used where SMS_WEBHOOK_URL is set. */
export const phoneNumbers = pgTable(
  'phone_numbers',
  {
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    number: text('number').notNull(), // E.164
    confirmedAt: at('confirmed_at'),
    removedAt: at('removed_at'),
    createdAt: createdAt(),
  },
  (t) => [
    index('phone_numbers_person').on(t.personId),
    // A person has one number at a time.
    uniqueIndex('phone_numbers_one_live').on(t.personId).where(sql`removed_at is null and confirmed_at is not null`),
    check('phone_numbers_e164', sql`${t.number} ~ '^\\+[1-9][0-9]{6,14}$'`),
  ],
)

/** One-time codes sent by mail or to a phone. Six digits, so kept as a keyed MAC, five tries, ten minutes. */
export const oneTimeCodes = pgTable(
  'one_time_codes',
  {
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    purpose: text('purpose').notNull(),
    codeMac: bytea('code_mac').notNull(),
    tries: smallint('tries').notNull().default(0),
    expiresAt: at('expires_at').notNull(),
    consumedAt: at('consumed_at'),
    createdAt: createdAt(),
  },
  (t) => [index('one_time_codes_person').on(t.personId, t.purpose)],
)

/** What a browser must hold between the first factor and the second; no session exists before both have passed. */
export const signInAttempts = pgTable('sign_in_attempts', {
  tokenHash: bytea('token_hash').primaryKey(),
  personId: text('person_id').references(() => people.id), // null: nobody has that address, the flow goes on all the same
  firstFactorAt: at('first_factor_at'),
  secondFactor: text('second_factor'),
  returnTo: text('return_to'),
  expiresAt: at('expires_at').notNull(),
  consumedAt: at('consumed_at'),
  createdAt: createdAt(),
})

/** Hands a finished sign-in to next-auth: single use, one minute. */
export const signInTickets = pgTable('sign_in_tickets', {
  tokenHash: bytea('token_hash').primaryKey(),
  personId: text('person_id')
    .notNull()
    .references(() => people.id),
  amr: jsonb('amr').$type<string[]>().notNull(),
  provedBy: text('proved_by').notNull(),
  deviceId: text('device_id'),
  expiresAt: at('expires_at').notNull(),
  consumedAt: at('consumed_at'),
  createdAt: createdAt(),
})

/** Challenges of WebAuthn ceremonies: single use, five minutes, bound to their purpose. */
export const passkeyChallenges = pgTable('passkey_challenges', {
  id: text('id').primaryKey(),
  personId: text('person_id').references(() => people.id),
  purpose: text('purpose').notNull(),
  challenge: text('challenge').notNull(),
  expiresAt: at('expires_at').notNull(),
  consumedAt: at('consumed_at'),
  createdAt: createdAt(),
})

export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(), // public: listed, revoked
    tokenHash: bytea('token_hash').notNull().unique(), // of the cookie
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    customerId: text('customer_id'), // whom the person acts for at present
    authTime: at('auth_time').notNull(),
    amr: jsonb('amr').$type<string[]>().notNull(),
    steppedUpAt: at('stepped_up_at'),
    steppedUpAmr: jsonb('stepped_up_amr').$type<string[]>(), // what it proved; `amr` stays the sign-in's
    // What proved the person last, at sign-in or step-up: `pky_…`, `otp_…`, `mail-code`, `sms-code`, `recovery-code`.
    provedBy: text('proved_by').notNull().default('unknown'),
    lastActiveAt: at('last_active_at').notNull(),
    // When the last pause longer than the owner areas allow ended: only a proof after it opens them again.
    pausedAt: at('paused_at'),
    expiresAt: at('expires_at').notNull(), // absolute
    userAgent: text('user_agent').notNull(),
    address: text('address'),
    deviceId: text('device_id'),
    revokedAt: at('revoked_at'),
    createdAt: createdAt(),
  },
  (t) => [
    index('sessions_person').on(t.personId),
    index('sessions_expiry').on(t.expiresAt), // of the sweep
  ],
)

/** Browsers on which a person has signed in before: each keeps its own failure count. */
export const knownDevices = pgTable('known_devices', {
  id: text('id').primaryKey(),
  tokenHash: bytea('token_hash').notNull().unique(),
  personId: text('person_id')
    .notNull()
    .references(() => people.id),
  userAgent: text('user_agent').notNull(),
  createdAt: createdAt(),
  lastSeenAt: at('last_seen_at').notNull(),
})

/**
 * Failures, counted for every replica and written on failures only. `key` names what is limited (`password:psn_…:dev_…`,
 * `client:<key>:<address>`).
 */
export const throttles = pgTable('throttles', {
  key: text('key').primaryKey(),
  failures: integer('failures').notNull(),
  windowStartedAt: at('window_started_at').notNull(),
  blockedUntil: at('blocked_until'),
})

/** Mails of a demo installation without SMTP, read at /dev/mailbox. A table, so that replicas share it. */
export const mailbox = pgTable('mailbox', {
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  to: text('to').notNull(),
  subject: text('subject').notNull(),
  text: text('text').notNull(),
  at: at('at').notNull().default(sql`now()`),
})

export const pushSubscriptions = pgTable(
  'push_subscriptions',
  {
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    endpoint: text('endpoint').notNull().unique(),
    p256dh: text('p256dh').notNull(),
    auth: text('auth').notNull(),
    userAgent: text('user_agent').notNull(),
    createdAt: createdAt(),
    lastUsedAt: at('last_used_at'),
    failedAt: at('failed_at'),
  },
  (t) => [index('push_subscriptions_person').on(t.personId)],
)
