import type { Transaction } from '@/db/client'
import { auditEvents } from '@/db/schema/partitioned'
import type { Actor, ApplicationActor, ClientActor, Context } from '@/lib/context/context'
import { canonicalJson } from '@/lib/core/canonical-json'
import { mac } from '@/lib/core/seal'
import { env } from '@/lib/env/env'

export type AuditEvent = {
  /** `noun.past-participle`: `connection.granted`, `sign-in.refused`. */
  action: string
  customerId?: string | null
  applicationId?: string | null
  environment?: string | null
  /** Id of what changed: CON…, sec_…, dsp_…. */
  subjectId?: string | null
  /** Whom it concerns, where that is not the actor. */
  personId?: string | null
  /** Facts worth keeping. Never a secret, a name or an address of a person. */
  data?: Record<string, unknown>
}

/** Who acted, by an id that says nothing about them outside this database. */
export function actorId(actor: Actor): string | null {
  switch (actor.kind) {
    case 'person':
      return actor.personId
    case 'application':
    case 'client':
      return actor.applicationId
    case 'core':
      return actor.coreId
    case 'operator':
    case 'system':
      return actor.name
    case 'anonymous':
      return null
  }
}

/** The text that a row's MAC covers. The id is left out: it is given by the database, and the chain covers it. */
export function auditText(row: Omit<typeof auditEvents.$inferInsert, 'id' | 'mac' | 'keyId'>): string {
  return canonicalJson({
    at: row.at.toISOString(),
    action: row.action,
    actorKind: row.actorKind,
    actorId: row.actorId ?? null,
    customerId: row.customerId ?? null,
    applicationId: row.applicationId ?? null,
    environment: row.environment ?? null,
    subjectId: row.subjectId ?? null,
    personId: row.personId ?? null,
    address: row.address ?? null,
    requestId: row.requestId,
    data: row.data,
  })
}

/**
 * Writes the audit row of a change, in the change's own transaction: no row, no change. An application's environment and a
 * person's Customer are taken from the actor where the event names none.
 */
export async function recordEvent(tx: Transaction, ctx: Context, event: AuditEvent): Promise<void> {
  const { actor } = ctx
  const row = {
    at: ctx.now,
    action: event.action,
    actorKind: actor.kind,
    actorId: actorId(actor),
    customerId: event.customerId ?? (actor.kind === 'person' ? actor.customerId : null),
    applicationId: event.applicationId ?? (isApplication(actor) ? actor.applicationId : null),
    environment: event.environment ?? (isApplication(actor) ? actor.environment : null),
    subjectId: event.subjectId ?? null,
    personId: event.personId ?? null,
    address: ctx.address,
    requestId: ctx.requestId,
    data: event.data ?? {},
  }
  const { keyId, mac: rowMac } = mac(env().secretKeys, 'audit-mac', auditText(row))
  await tx.insert(auditEvents).values({ ...row, keyId, mac: rowMac })
}

function isApplication(actor: Actor): actor is ApplicationActor | ClientActor {
  return actor.kind === 'application' || actor.kind === 'client'
}
