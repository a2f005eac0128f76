import type { Context } from '@/lib/context/context'
import { addDays, DAY } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { claimNotice } from '@/lib/notices/claim-notice'
import { nearestThreshold } from '@/lib/notices/nearest-threshold'
import { sendMail } from '@/lib/people/send-mail'
import { describeScopes, localeOf } from './describe-scopes'
import { dayInWords } from './notify-owners'
import { CONSENT_NOTICE_DAYS } from './schema'
import { listEnding } from './store'

/**
 * Tells whoever gave a consent, who alone can renew it, that it ends soon: once for each threshold and each end, whichever
 * replica runs this, and after a pause only of the nearest. A renewal moves the end, so its notices are due anew. A job.
 */
export async function sendConsentNotices(ctx: Context): Promise<void> {
  const { now } = ctx
  for (const ending of await listEnding(ctx.db, now, addDays(now, CONSENT_NOTICE_DAYS[0]))) {
    const { id, expiresAt: endsAt, locale } = ending
    const threshold = nearestThreshold({ endsAt, now, unitMs: DAY }, CONSENT_NOTICE_DAYS)
    if (threshold === null) continue
    await ctx.db.transaction(async (tx) => {
      if (!(await claimNotice(tx, { subjectId: id, kind: 'consent-ending', threshold, endsAt, now }))) return
      await sendMail(tx, ending, 'consent-ending', {
        application: ending.environment === 'sandbox' ? `${ending.applicationName} (sandbox)` : ending.applicationName,
        customer: ending.customerName,
        scopes: describeScopes(ending.scopes, localeOf(locale))
          .map((line) => `- ${line}`)
          .join('\n'),
        until: dayInWords(endsAt, locale),
        link: new URL(`/consents/${id}`, env().publicUrl).href,
      })
    })
  }
}
