import { randomBytes } from 'node:crypto'
import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { canonicalJson } from '@/lib/core/canonical-json'
import { assert, conflict, invalid, notFound } from '@/lib/core/errors'
import { type Environment, sha256 } from '@/lib/core/secrets'
import { MINUTE } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { listPasskeys } from '@/lib/people/list-passkeys'
import { statusAt } from './disposition'
import { noLongerOpen } from './errors'
import type { Offer } from './offer-disposition'
import type { Operation, OperationFacts } from './operation'
import type { PasskeyTransport, PrepareAcceptanceInput, PreparedAcceptance, Statement } from './schema'
import { findAskingApplication, findOfImporter, fixPayload, listAccountChoices } from './store'

/**
 * Fixes what the person is about to sign: an RFC 8785 payload with everything that the acceptance will do, and a nonce. The
 * passkey's challenge is SHA-256 over both, so that the signature is over this payload and no other (security.md,
 * Disposition Flow). Preparing again, for example for another account, makes an earlier signature worthless.
 * @throws DomainError `account-required`, `disposition-ended`, `application-suspended`, `no-passkey`
 */
export async function prepareAcceptance(
  ctx: Context,
  input: PrepareAcceptanceInput,
  operation: Operation,
): Promise<PreparedAcceptance> {
  const own = requirePerson(ctx)
  const { personId } = own.actor
  const row = await findOfImporter(ctx.db, input.id, personId)
  if (!row) throw notFound(`no disposition ${input.id} imported by ${personId}`)
  assert(row.operation === operation.kind, `${row.operation} prepared as ${operation.kind}`)
  const status = statusAt(row, ctx.now)
  if (status !== 'IMPORTED' || row.decideUntil === null) throw noLongerOpen(`prepared while ${status}`)

  const facts = await gatherFacts(ctx, row, personId, input.accountId)
  const { allow, notYet } = await splitPasskeys(ctx)
  const statement = operation.describe(facts, input.locale)
  const renderedText = statementText(statement)
  const nonce = randomBytes(32)
  const payload = canonicalJson({
    version: 1,
    disposition: row.id,
    operation: operation.kind,
    subject: row.subjectId,
    person: personId,
    environment: facts.environment,
    application: {
      id: facts.application.id,
      name: facts.application.name,
      owner_name: facts.application.ownerName,
      owner_verified: facts.application.ownerVerified,
    },
    account: facts.account && { id: facts.account.id, iban_masked: facts.account.ibanMasked },
    ...(facts.asked ? { asked: facts.asked } : {}),
    reference: facts.reference,
    allows: operation.allows(facts),
    until: operation.until,
    locale: input.locale,
    text_sha256: sha256(renderedText).toString('base64url'),
  })

  const fixed = await ctx.db.transaction((tx) =>
    fixPayload(tx, { id: row.id, personId, now: ctx.now, payload, renderedText, nonce }),
  )
  if (!fixed) throw noLongerOpen('ended while it was prepared')
  return {
    id: row.id,
    statement,
    notYet,
    expiresAt: row.decideUntil,
    options: {
      challenge: challengeOf(payload, nonce).toString('base64url'),
      rpId: env().rpId,
      timeout: 5 * MINUTE,
      userVerification: 'required',
      allowCredentials: allow,
    },
  }
}

/** What the passkey signs over: SHA-256 of the payload's bytes followed by the nonce's. */
export function challengeOf(payload: string, nonce: Uint8Array): Buffer {
  return sha256(Buffer.concat([Buffer.from(payload, 'utf8'), nonce]))
}

/** The statement as plain text, line by line: kept as evidence, its hash signed. */
export function statementText(statement: Statement): string {
  return [
    statement.title,
    ...statement.rows.map((row) => `${row.label}: ${row.value}`),
    statement.allowsTitle,
    ...statement.allows.map((line) => `+ ${line}`),
    statement.forbidsTitle,
    ...statement.forbids.map((line) => `- ${line}`),
  ].join('\n')
}

type Row = NonNullable<Awaited<ReturnType<typeof findOfImporter>>>

async function gatherFacts(
  ctx: Context,
  row: Row,
  personId: string,
  accountId: string | undefined,
): Promise<OperationFacts> {
  const found = await findAskingApplication(ctx.db, row.applicationId)
  assert(found, `application ${row.applicationId} of disposition ${row.id}`)
  const { isSuspended, ...application } = found
  if (isSuspended) {
    throw conflict('application-suspended', 'This application has been stopped and cannot be allowed anything. Refuse.')
  }
  const offer = row.offer as Offer['offer']
  const common = { environment: row.environment as Environment, application, reference: offer.reference, now: ctx.now }
  if (offer.asked) return { ...common, account: null, asked: offer.asked }
  const choices = await listAccountChoices(ctx.db, personId, { environment: row.environment, ...offer })
  const account = choices.find((choice) => choice.id === (offer.accountId ?? accountId))
  if (!account) throw invalid('accountId', 'account-required', 'Choose one of your own accounts.')
  return { ...common, account, asked: null }
}

async function splitPasskeys(ctx: Context) {
  const passkeys = await listPasskeys(requirePerson(ctx))
  const late = passkeys.filter((passkey) => passkey.acceptsFrom.getTime() > ctx.now.getTime())
  const ready = passkeys.filter((passkey) => passkey.acceptsFrom.getTime() <= ctx.now.getTime())
  if (passkeys.length === 0) {
    throw conflict('no-passkey', 'You need a passkey on this device to accept. Add one under Security, then come back.')
  }
  return {
    allow: ready.map((passkey) => ({
      id: passkey.credentialId,
      type: 'public-key' as const,
      transports: passkey.transports as PasskeyTransport[],
    })),
    notYet: late.map((passkey) => ({ name: passkey.name, acceptsFrom: passkey.acceptsFrom })),
  }
}
