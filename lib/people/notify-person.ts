import type { Database } from '@/db/client'
import type { Context } from '@/lib/context/context'
import { addMs, DAY, HOUR, SECOND } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { enqueuePush } from '@/lib/push/enqueue-push'
import { takeTurn } from './limit-attempts'
import { findPhone, isSmsOn } from './phone'
import { type MailKind, sendMail } from './send-mail'
import { sendSms } from './send-sms'

type Told = { id: string; email: string; name: string; locale: string }

export type Notice = {
  /** What the device says, and nothing more of the matter: a locked screen is anybody's. */
  about: 'security' | 'connection' | 'consent'
  mail: MailKind
  /** The page that tells more. */
  path: string
  values?: Record<string, string>
}

/**
 * Tells a person on every channel that we have, their mail, each subscribed device and, where it is about security, their phone, that something of theirs has
 * changed; in the transaction of the change. A device that is off for a day is not told any more. The mail may say `{link}`.
 */
export async function notifyPerson(tx: Database, ctx: Context, person: Told, notice: Notice): Promise<void> {
  const link = new URL(notice.path, env().publicUrl).href
  await sendMail(tx, person, notice.mail, { link, ...notice.values })
  const message = { kind: notice.about, locale: person.locale === 'it' ? 'it' : 'en', url: link } as const
  await enqueuePush(tx, person.id, message, addMs(ctx.now, DAY))
  if (notice.about === 'security') await textPhone(tx, ctx, person, link)
}

/** Bounded, since each costs money: whoever changes something all the time is told by mail and on their devices. */
const TEXTS_OF_NUMBER = { count: 10, windowSeconds: HOUR / SECOND, pauseSeconds: 0 }

async function textPhone(tx: Database, ctx: Context, person: Told, link: string): Promise<void> {
  const phone = isSmsOn() ? await findPhone(tx, person.id) : null
  if (!phone || !(await takeTurn(tx, ctx, 'sms-security', phone.number, TEXTS_OF_NUMBER))) return
  await sendSms(tx, { number: phone.number, locale: person.locale }, 'security', { link })
}

/** A change of what somebody signs in with (security.md, Identity and SCA: "with notice to every channel"). */
export async function notifyOfSecurity(
  tx: Database,
  ctx: Context,
  person: Told,
  mail: MailKind,
  values?: Record<string, string>,
): Promise<void> {
  await notifyPerson(tx, ctx, person, { about: 'security', mail, path: '/security', ...(values && { values }) })
}
