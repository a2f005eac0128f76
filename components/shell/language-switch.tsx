import { getLocale } from 'next-intl/server'
import { chooseLocaleAction } from '@/lib/session/actions'
import { LOCALES } from '@/lib/session/locale'

const NAMES = { en: 'English', it: 'Italiano' } as const

/** Each language by its own name, for who cannot read the present one. Works without scripts. */
export async function LanguageSwitch({ label }: { label: string }) {
  const present = await getLocale()
  return (
    <form action={chooseLocaleAction}>
      <fieldset className="inline-flex rounded-md border border-line bg-sunken p-0.5">
        <legend className="sr-only">{label}</legend>
        {LOCALES.map((locale) => (
          <button
            key={locale}
            type="submit"
            name="locale"
            value={locale}
            lang={locale}
            aria-pressed={locale === present}
            className="flex h-8 items-center rounded-[6px] px-2.5 text-muted hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-[0_0_0_1px_var(--color-line-strong)]"
          >
            {NAMES[locale]}
          </button>
        ))}
      </fieldset>
    </form>
  )
}
