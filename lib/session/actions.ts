'use server'

import { refresh } from 'next/cache'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { DAY, SECOND } from '@/lib/core/time'
import { actFor } from '@/lib/customers/act-for'
import { ActForInput } from '@/lib/customers/schema'
import { chooseLocale } from '@/lib/people/choose-locale'
import { LocaleInput } from '@/lib/people/schema'
import { isSecureRequest } from './cookies'
import { currentSession } from './current-session'
import { LOCALE_COOKIE } from './locale'
import { redirectToSignIn } from './page-context'
import { requestContext } from './request-context'
import { signOut } from './sign-out'

/** For the shells' way out. */
export async function signOutAction(): Promise<void> {
  await signOut()
  redirect('/sign-out')
}

/** For the shells' AccountSwitcher; the field is `customerId`. */
export async function actForAction(form: FormData): Promise<void> {
  const session = await currentSession()
  if (!session) return redirectToSignIn()
  await actFor(await requestContext(session.actor), ActForInput.parse(Object.fromEntries(form)))
  refresh()
}

/** The language of this browser and, where somebody is signed in, of that person. */
export async function chooseLocaleAction(form: FormData): Promise<void> {
  const input = LocaleInput.parse(Object.fromEntries(form))
  const session = await currentSession()
  if (session) await chooseLocale(await requestContext(session.actor), input)
  ;(await cookies()).set(LOCALE_COOKIE, input.locale, {
    path: '/',
    sameSite: 'lax',
    secure: isSecureRequest(),
    maxAge: (365 * DAY) / SECOND,
  })
  refresh()
}
