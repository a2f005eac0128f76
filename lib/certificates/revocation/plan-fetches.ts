import type { Context } from '@/lib/context/context'
import { addMs } from '@/lib/core/time'
import { enqueueJob } from '@/lib/jobs/jobs'
import { CLAIM_MS, registerSources } from './register-sources'
import * as store from './store'

/** In one run, which is every minute. */
const CHAINS = 200
const SOURCES = 500

/**
 * Every minute, on one replica: sources that are due become jobs, each once; chains that were accepted before there were sources get
 * theirs; sources that no chain names are forgotten.
 */
export async function planFetches(ctx: Context): Promise<void> {
  for (const chainId of await store.listUnreadChains(ctx.db, ctx.now, CHAINS)) {
    await ctx.db.transaction((tx) => registerSources(tx, ctx, chainId))
  }
  await ctx.db.transaction((tx) => store.dropUnwanted(tx, ctx.now))
  await ctx.db.transaction(async (tx) => {
    const due = await store.claimDueSources(tx, ctx.now, addMs(ctx.now, CLAIM_MS), SOURCES)
    for (const sourceId of due) await enqueueJob(tx, 'revocation-fetch', { sourceId })
  })
}
