import { cookies, headers } from 'next/headers'
import { getRequestConfig } from 'next-intl/server'
import { log } from '@/lib/log/log'
import { currentSession } from './current-session'

export const LOCALES = ['en', 'it'] as const

export type Locale = (typeof LOCALES)[number]

export const LOCALE_COOKIE = 'locale'

export default getRequestConfig(async () => {
  const locale = await getRequestLocale()
  return { locale, timeZone: 'UTC', messages: (await import(`../../messages/${locale}.json`)).default }
})

/** The person's own language, else the one chosen by cookie, else the first known one that the browser asks for. */
async function getRequestLocale(): Promise<Locale> {
  const own = await findOwnLocale()
  if (own) return own
  const chosen = (await cookies()).get(LOCALE_COOKIE)?.value
  const wanted = ((await headers()).get('accept-language') ?? '').split(',').map((part) => part.trim().slice(0, 2))
  const first = wanted.find((language) => LOCALES.some((locale) => locale === language))
  return LOCALES.find((locale) => locale === chosen) ?? LOCALES.find((locale) => locale === first) ?? 'en'
}

/** The page that says that the database is away must still find its words. */
async function findOwnLocale(): Promise<Locale | null> {
  try {
    return (await currentSession())?.person.locale ?? null
  } catch (error) {
    log().warn({ err: error }, 'language of the person unknown')
    return null
  }
}
