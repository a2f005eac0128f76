import type { Context } from '@/lib/context/context'
import { markUsage } from './mark-usage'
import * as store from './store'

/** Secrets whose first use this process knows to be written, or is writing: one look for each, once. */
const written = new Map<string, Promise<boolean>>()
/** Of so many it forgets them all, and looks again. */
const WRITTEN_MAX = 50_000

/**
 * Marks the use of a secret that has just proved itself, before the answer. Marks are written behind, the first one is not:
 * a secret that was used is never taken for one that nobody has (ADR-0139). False where it was revoked meanwhile.
 */
export async function markSecretUse(ctx: Context, secretId: string): Promise<boolean> {
  if (!(await isFirstUseWritten(ctx, secretId))) return false
  markUsage(secretId, ctx)
  return true
}

function isFirstUseWritten(ctx: Context, secretId: string): Promise<boolean> {
  const known = written.get(secretId)
  if (known) return known
  if (written.size >= WRITTEN_MAX) written.clear()
  const writing = store.writeFirstUse(ctx.db, secretId, ctx)
  written.set(secretId, writing)
  const forget = () => void written.delete(secretId)
  writing.then((isWritten) => isWritten || forget(), forget)
  return writing
}
