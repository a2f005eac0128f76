import { cookies } from 'next/headers'
import { z } from 'zod'
import { MINUTE, SECOND } from '@/lib/core/time'
import { choiceField, ITEMS } from '@/lib/oauth/authorization/answer-input'
import { cookieName, cookieOptions, dropCookie } from '@/lib/session/cookies'
import { currentSession } from '@/lib/session/current-session'

/** What the page is filled in with: nothing is allowed by it. */
export type Choices = { customerIds: string[]; items: string[] }

const Id = z.string().regex(/^\w{1,64}$/)
const Kept = z.object({ request: Id, person: Id, customers: z.array(Id).max(50), items: z.array(z.enum(ITEMS)) })
const KEPT_SECONDS = (10 * MINUTE) / SECOND

/**
 * What somebody chose outlives the step-up, the sign-in after a pause and the way to the wallet, with scripts and without:
 * in a cookie of this browser, for that request and that person (ADR-0127). Never from the address: a link chooses nothing.
 */
export async function keepChoices(form: FormData): Promise<void> {
  const session = await currentSession()
  const kept = Kept.safeParse({
    request: form.get('requestId'),
    person: session?.actor.personId,
    customers: form.getAll('customer'),
    items: ITEMS.filter((item) => form.get(choiceField(item)) === 'allow'),
  })
  if (!kept.success) return
  const value = Buffer.from(JSON.stringify(kept.data)).toString('base64url')
  ;(await cookies()).set(cookieName('choices'), value, cookieOptions(KEPT_SECONDS))
}

export async function forgetChoices(): Promise<void> {
  dropCookie(await cookies(), 'choices')
}

export async function readChoices(requestId: string, personId: string): Promise<Choices> {
  const kept = Kept.safeParse(decode((await cookies()).get(cookieName('choices'))?.value))
  if (!kept.success || kept.data.request !== requestId || kept.data.person !== personId) {
    return { customerIds: [], items: [] }
  }
  return { customerIds: kept.data.customers, items: kept.data.items }
}

function decode(value: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(value ?? '', 'base64url').toString())
  } catch {
    return null // not of our making: the schema refuses it
  }
}
