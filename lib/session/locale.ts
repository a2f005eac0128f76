import { cookies, headers } from 'next/headers'
import { getRequestConfig } from 'next-intl/server'

export const LOCALES = ['en', 'it'] as const

export type Locale = (typeof LOCALES)[number]

export default getRequestConfig(async () => {
  const locale = await getRequestLocale()
  return { locale, timeZone: 'UTC', messages: (await import(`../../messages/${locale}.json`)).default }
})

/** The language chosen by cookie, else the first known one that the browser asks for, else English. */
async function getRequestLocale(): Promise<Locale> {
  const chosen = (await cookies()).get('locale')?.value
  const wanted = ((await headers()).get('accept-language') ?? '').split(',').map((part) => part.trim().slice(0, 2))
  return LOCALES.find((locale) => locale === chosen) ?? LOCALES.find((locale) => wanted.includes(locale)) ?? 'en'
}
