import type { Transaction } from '@/db/client'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { seal } from '@/lib/core/seal'
import { type Environment, newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { requireRoom } from './require-room'
import type { AskedForCustomers, OperationKind } from './schema'
import { insertDisposition } from './store'

/** contract.md, Family A: five minutes to import. */
const IMPORT_MS = 5 * MINUTE

export type Offer = {
  operation: OperationKind
  subjectId: string
  applicationId: string
  environment: Environment
  /** What is asked, before an account is chosen. `accountId` fixes the account; with `asked` there is none to choose. */
  offer: {
    reference: string | null
    accountType: 'personal' | 'business' | null
    accountId: string | null
    asked?: AskedForCustomers
  }
  numberWanted: boolean
  returnUrl: string | null
  resultWanted: boolean
}

export type Offered = { id: string; importToken: string; deeplink: string; expiresAt: Date }

/**
 * Starts a disposition in the caller's transaction; the domain above has authorized it. Only the import token's hash is
 * kept, except for a person's own page, which must still show the QR code when it is reloaded (ADR-0021). An offer made by
 * a person can be imported by that person alone. @throws DomainError `open-requests-limit`
 */
export async function offerDisposition(tx: Transaction, ctx: Context, input: Offer): Promise<Offered> {
  const id = newId('disposition')
  const importToken = newOpaqueToken()
  const expiresAt = addMs(ctx.now, IMPORT_MS)
  const initiatorId = ctx.actor.kind === 'person' ? ctx.actor.personId : null

  await requireRoom(tx, { ...input, initiatorId }, ctx.now)
  await insertDisposition(tx, {
    id,
    operation: input.operation,
    subjectId: input.subjectId,
    applicationId: input.applicationId,
    environment: input.environment,
    status: 'WAITING',
    initiatorId,
    offer: input.offer,
    importTokenHash: sha256(importToken),
    importTokenSealed: initiatorId === null ? null : seal(env().secretKeys, 'deeplink', importToken, id),
    importUntil: expiresAt,
    numberWanted: input.numberWanted,
    returnUrl: input.returnUrl,
    resultWanted: input.resultWanted,
    createdAt: ctx.now,
  })
  await recordEvent(tx, ctx, {
    action: 'disposition.offered',
    applicationId: input.applicationId,
    environment: input.environment,
    subjectId: input.subjectId,
    data: { disposition: id, operation: input.operation },
  })
  return { id, importToken, deeplink: deeplinkOf(importToken), expiresAt }
}

/** The token stands in the fragment, so that no server log and no Referer ever holds it. */
export function deeplinkOf(importToken: string): string {
  return new URL(`/wallet/d#${importToken}`, env().publicUrl).href
}
