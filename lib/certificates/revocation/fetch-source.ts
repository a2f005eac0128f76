import type { Context } from '@/lib/context/context'
import { SECOND } from '@/lib/core/time'
import { log } from '@/lib/log/log'
import { type Answered, askSource } from './ask-source'
import { RevocationError } from './errors'
import { recordAnswers, whenAgain } from './record-answers'
import { parseStored } from './register-sources'
import * as store from './store'

const LIMITS = { timeoutMs: 10 * SECOND, maxBytes: 20 * 1024 * 1024 }

/**
 * The job of one source: asks it, keeps what it says, and says when to ask again. An answer that does not count leaves the one
 * before where it is, which grows older; it is no error of the job.
 */
export async function fetchSource(ctx: Context, { sourceId }: { sourceId: string }): Promise<void> {
  const source = await store.findSource(ctx.db, sourceId)
  if (!source) return // no chain names it any more
  try {
    const answered = await ask(ctx, source)
    await ctx.db.transaction((tx) => recordAnswers(tx, ctx, source, answered))
  } catch (error) {
    if (!(error instanceof RevocationError)) throw error
    const { fault } = error
    log().warn(
      { sourceId, host: hostOf(source.url), reason: fault },
      'an authority gave no answer on revocation that counts',
    )
    await store.saveFault(ctx.db, sourceId, fault, whenAgain(source.failures, ctx.now), ctx.now)
  }
}

async function ask(ctx: Context, source: NonNullable<Awaited<ReturnType<typeof store.findSource>>>): Promise<Answered> {
  const { kind, url, issuer, certificate, wanted } = source
  const parsed = { issuer: parseStored(issuer), certificate: certificate && parseStored(certificate) }
  return askSource(ctx, { kind, url, ...parsed }, wanted, LIMITS)
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null
}
