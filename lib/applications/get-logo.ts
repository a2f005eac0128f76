import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { ApplicationInput } from './schema'
import * as store from './store'

/** The logo as PNG, for anybody signed in: the wallet shows it to whoever is asked. */
export async function getLogo(ctx: Context, input: ApplicationInput): Promise<Buffer> {
  requirePerson(ctx)
  const logo = await store.findLogo(ctx.db, input.applicationId)
  if (!logo) throw notFound(`no logo of ${input.applicationId}`)
  return logo
}
