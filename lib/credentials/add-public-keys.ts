import { requireStepUp } from '@/lib/access/require'
import { getApplicationFor, holdEnvironment } from '@/lib/applications/access'
import { withApproval } from '@/lib/approvals/with-approval'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { isDomainError } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { addDays, addMs } from '@/lib/core/time'
import { kidForOneKey, kidTaken, publicKeyExists, publicKeyHasEnded, publicKeyLimitReached } from './errors'
import {
  type AddedPublicKey,
  type AddedPublicKeys,
  type AddPublicKeysInput,
  PUBLIC_KEY_MAX_BYTES,
} from './public-key-schema'
import * as store from './public-key-store'
import { type ReadPublicKey, readPublicKeys } from './read-public-keys'
import { OVERLAP_MS } from './schema'

/**
 * Public keys that the application signs its client assertions with: all that were submitted, or none. The same key once
 * more is the same row. With an overlap, those that are live otherwise end after it. A private key is an event, and nothing
 * of it is kept (ADR-0136).
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `second-member-required`, `private-key`,
 * `public-key-invalid`, `kid-for-one-key`, `kid-taken`, `public-key-exists`, `public-key-ended`, `public-key-limit-reached`
 */
export async function addPublicKeys(ctx: Context, input: AddPublicKeysInput): Promise<AddedPublicKeys> {
  const { environment, overlap, lifetimeDays } = input
  const application = await getApplicationFor(ctx, input, 'public-keys.add', environment)
  requireStepUp(ctx)
  const place = { applicationId: application.id, customerId: application.customerId, environment }
  const read = await readOrRecord(ctx, place, await bytesOf(input))
  if (input.kid !== '' && read.length > 1) throw kidForOneKey()
  const endsAt = lifetimeDays === null ? null : addDays(ctx.now, lifetimeDays)

  return withApproval(ctx, async (tx, requireApproval) => {
    const { clientId } = await holdEnvironment(tx, ctx, { ...place }, 'public-keys.add')
    const names = read.map((key) => `${nameOf(input, key)} (${key.thumbprint})`)
    const ending = overlap === '' ? 'others stay' : `others end after ${overlap}`
    const until = lifetimeDays === null ? '' : `, for ${lifetimeDays} days`
    await requireApproval({
      applicationId: place.applicationId,
      environment,
      permission: 'public-keys.add',
      subject: `${names.join(', ')}${until}, ${ending}`,
    })
    const keys: AddedPublicKey[] = []
    for (const key of read) {
      const row = { ...key, ...place, kid: nameOf(input, key), createdBy: personOf(ctx), endsAt }
      const added = await enter(tx, row, ctx.now)
      keys.push(added)
      if (!added.isNew) continue
      const { publicKeyId: subjectId, algorithm, thumbprint } = added
      const data = { algorithm, thumbprint, endsAt: endsAt?.toISOString() ?? null }
      await recordEvent(tx, ctx, { action: 'public-key.added', ...place, subjectId, data })
    }
    const kept = keys.map(({ publicKeyId }) => publicKeyId)
    const previous =
      overlap === '' ? [] : await store.endOthers(tx, place, kept, addMs(ctx.now, OVERLAP_MS[overlap]), ctx.now)
    for (const { publicKeyId: subjectId, endsAt: end } of previous) {
      const data = { endsAt: end.toISOString() }
      await recordEvent(tx, ctx, { action: 'public-key.end-set', ...place, subjectId, data })
    }
    return { applicationId: place.applicationId, clientId, keys, previous }
  })
}

async function bytesOf({ file, publicKey }: AddPublicKeysInput): Promise<Uint8Array> {
  // One byte more than is allowed is enough to say that it is too large.
  if (file) return new Uint8Array(await file.slice(0, PUBLIC_KEY_MAX_BYTES + 1).arrayBuffer())
  return new TextEncoder().encode(publicKey.slice(0, PUBLIC_KEY_MAX_BYTES + 1))
}

async function readOrRecord(ctx: Context, place: store.Place, bytes: Uint8Array): Promise<ReadPublicKey[]> {
  try {
    return await readPublicKeys(bytes)
  } catch (error) {
    if (isDomainError(error) && error.reason === 'private-key') {
      const action = 'public-key.private-key-refused'
      await ctx.db.transaction((tx) => recordEvent(tx, ctx, { action, ...place, subjectId: place.applicationId }))
    }
    throw error
  }
}

function nameOf({ kid }: AddPublicKeysInput, key: ReadPublicKey): string {
  return kid === '' ? (key.kid ?? key.thumbprint) : kid
}

function personOf({ actor }: Context): string | null {
  return actor.kind === 'person' ? actor.personId : null
}

async function enter(
  tx: Parameters<typeof store.insertWithinLimit>[0],
  row: Omit<store.NewPublicKey, 'id'>,
  now: Date,
): Promise<AddedPublicKey> {
  const { kid, algorithm, thumbprint, endsAt } = row
  const publicKeyId = newId('publicKey')
  const { isMade, same, isKidTaken } = await store.insertWithinLimit(tx, { ...row, id: publicKeyId }, now)
  if (isMade) return { publicKeyId, kid, algorithm, thumbprint, endsAt, isNew: true }
  if (same && !same.isLive) throw publicKeyHasEnded()
  if (same && same.kid !== kid) throw publicKeyExists(same.kid)
  if (same) return { publicKeyId: same.id, kid, algorithm, thumbprint, endsAt: same.endsAt, isNew: false }
  throw isKidTaken ? kidTaken(kid) : publicKeyLimitReached()
}
