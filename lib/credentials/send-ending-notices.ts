import type { Transaction } from '@/db/client'
import { listPeopleAllowed } from '@/lib/applications/list-people-allowed'
import type { Context } from '@/lib/context/context'
import { addDays, DAY, HOUR } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { claimNotice } from '@/lib/notices/claim-notice'
import { nearestThreshold } from '@/lib/notices/nearest-threshold'
import { sendMail } from '@/lib/people/send-mail'
import * as store from './store'

/** Days before the end at which whoever may read credentials is told of it. */
const ENDING_DAYS = [30, 14, 7, 1] as const
/** Hours before it at which they are told that it is still in use, in place of the last of those. */
const IN_USE_HOURS = [24, 1] as const

/**
 * Tells by mail of secrets and Application Keys that are about to end: once for each threshold, whichever replica runs
 * this, and after a pause only of the nearest. A job.
 */
export async function sendEndingNotices(ctx: Context): Promise<void> {
  for (const ending of await store.listEnding(ctx.db, { now: ctx.now, until: addDays(ctx.now, ENDING_DAYS[0]) })) {
    await ctx.db.transaction((tx) => sendDueNotice(tx, ctx, ending))
  }
}

async function sendDueNotice(tx: Transaction, ctx: Context, ending: store.Ending): Promise<void> {
  const { subjectId, endsAt, lastUsedAt } = ending
  const claim = (kind: string, threshold: number | null) =>
    threshold !== null && claimNotice(tx, { subjectId, kind, threshold, endsAt, now: ctx.now })
  const isInUse = lastUsedAt !== null && ctx.now.getTime() - lastUsedAt.getTime() < DAY
  const hours = isInUse ? nearestThreshold({ endsAt, now: ctx.now, unitMs: HOUR }, IN_USE_HOURS) : null
  const isWarned = await claim('in-use', hours)
  const isTold = await claim('ending', nearestThreshold({ endsAt, now: ctx.now, unitMs: DAY }, ENDING_DAYS))
  if (isWarned) await mailAll(tx, ending, 'credential-in-use')
  else if (isTold) await mailAll(tx, ending, 'credential-ending')
}

async function mailAll(
  tx: Transaction,
  ending: store.Ending,
  kind: 'credential-in-use' | 'credential-ending',
): Promise<void> {
  const { applicationId, environment } = ending
  const link = new URL(`/applications/${applicationId}/credentials`, env().publicUrl).href
  for (const person of await listPeopleAllowed(tx, applicationId, 'credentials.read', environment)) {
    await sendMail(tx, person, kind, {
      credential: ending.hint,
      application: ending.applicationName,
      environment,
      ends: inWords(ending.endsAt, person.locale),
      used: ending.lastUsedAt === null ? '–' : inWords(ending.lastUsedAt, person.locale),
      link,
    })
  }
}

/** Mails know no zone of their reader's: the moment is told in UTC. */
function inWords(moment: Date, locale: string): string {
  return moment.toLocaleString(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).concat(' UTC')
}
