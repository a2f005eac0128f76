import { requireOperator } from '@/lib/access/operator'
import { recordEvent } from '@/lib/audit/record-event'
import { holdLeaf } from '@/lib/certificates/hold-leaf'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { newApplicationSecret, newHexToken } from '@/lib/core/secrets'
import { coreCertificateTaken, coreNameTaken } from './errors'
import { readCoreCertificate } from './read-core-certificate'
import type { CreateCoreInput } from './schema'
import * as store from './store'

export type CreatedCore = { coreId: string; clientId: string; clientSecret: string }

/**
 * A resource server of the institution, made by an operator; its secret is in this answer alone. With a certificate it is
 * nobody without that (ADR-0129).
 * @throws DomainError `core-name-taken`, `certificate-unreadable`, `certificate-taken`
 */
export async function createCore(ctx: Context, input: CreateCoreInput): Promise<CreatedCore> {
  requireOperator(ctx)
  const certificateSha256 = input.certificate ? readCoreCertificate(input.certificate) : null

  return ctx.db.transaction(async (tx) => {
    const coreId = newId('core')
    const clientId = newHexToken()
    const secret = newApplicationSecret('production')
    const core = { id: coreId, name: input.name, clientId, hash: secret.hash, hint: secret.hint, certificateSha256 }
    if (certificateSha256) await holdLeaf(tx, certificateSha256)
    if (certificateSha256 && (await store.isLeafOfApplication(tx, certificateSha256))) throw coreCertificateTaken()
    if (!(await store.insertCore(tx, core))) throw coreNameTaken(input.name)
    await recordEvent(tx, ctx, {
      action: 'core.created',
      subjectId: coreId,
      data: { name: input.name, certificate: certificateSha256?.toString('hex') ?? null },
    })
    return { coreId, clientId, clientSecret: secret.plaintext }
  })
}
