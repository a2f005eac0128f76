import { listPeopleAllowed } from '@/lib/applications/list-people-allowed'
import type { Context } from '@/lib/context/context'
import { addDays, DAY } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { claimNotice } from '@/lib/notices/claim-notice'
import { nearestThreshold } from '@/lib/notices/nearest-threshold'
import { sendMail } from '@/lib/people/send-mail'
import { listAnchors } from './anchor-store'
import type { TrustAnchor } from './chain-schema'
import { type EndingCertificate, listEndingCertificates, listOperators } from './notice-store'

/** Days before an end at which a notice is due. */
const THRESHOLDS = [60, 30, 14, 7, 1] as const

/**
 * Mails what ends soon: a certificate of a chain to everybody who may read the application's certificates, a trust anchor to
 * the operators. Each notice goes out once, from whichever replica claims it.
 */
export async function notifyExpiries(ctx: Context): Promise<void> {
  const until = addDays(ctx.now, Math.max(...THRESHOLDS))
  for (const certificate of await listEndingCertificates(ctx.db, ctx.now, until)) await notifyTeam(ctx, certificate)
  for (const anchor of await listAnchors(ctx.db, ctx.now)) await notifyOperators(ctx, anchor)
}

async function notifyTeam(ctx: Context, certificate: EndingCertificate): Promise<void> {
  const { chainId, applicationId, environment, endsAt } = certificate
  const link = `${env().publicUrl.origin}/applications/${applicationId}/certificates/${chainId}`
  await claimAndMail(ctx, `${chainId}/${certificate.position}`, 'certificate-expiring', endsAt, async (tx, words) => {
    for (const person of await listPeopleAllowed(tx, applicationId, 'certificates.read', environment)) {
      await sendMail(tx, person, 'certificate-expiring', {
        ...words(person.locale),
        application: certificate.applicationName,
        environment,
        certificate: certificate.subject,
        link,
      })
    }
  })
}

async function notifyOperators(ctx: Context, anchor: TrustAnchor): Promise<void> {
  const { owner, environment, subject, notAfter } = anchor
  await claimAndMail(ctx, anchor.id, 'anchor-expiring', notAfter, async (tx, words) => {
    for (const operator of await listOperators(tx)) {
      const values = { owner, environment, certificate: subject, chains: String(anchor.chains) }
      await sendMail(tx, operator, 'anchor-expiring', { ...words(operator.locale), ...values })
    }
  })
}

type Words = (locale: string) => { when: string; date: string }

async function claimAndMail(
  ctx: Context,
  subjectId: string,
  kind: 'certificate-expiring' | 'anchor-expiring',
  endsAt: Date,
  mail: (tx: Context['db'], words: Words) => Promise<void>,
): Promise<void> {
  const { now } = ctx
  const threshold = nearestThreshold({ endsAt, now, unitMs: DAY }, THRESHOLDS)
  if (threshold === null) return
  await ctx.db.transaction(async (tx) => {
    if (!(await claimNotice(tx, { subjectId, kind, threshold, endsAt, now }))) return
    await mail(tx, (locale) => describeEnd(endsAt, now, locale))
  })
}

/** "in 7 days", "tomorrow", and the day itself, in UTC as certificates have it. */
function describeEnd(endsAt: Date, now: Date, locale: string): { when: string; date: string } {
  const days = Math.round((endsAt.getTime() - now.getTime()) / DAY)
  const when = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(
    endsAt,
  )
  return { when, date: `${date} UTC` }
}
