import { getTranslations } from 'next-intl/server'
import type { ShellLabels } from './app-shell'
import type { PublicShellLabels } from './public-shell'

/** The shell's words in the reader's language, for areas that account owners see. */
export async function getShellLabels(): Promise<ShellLabels & PublicShellLabels & { own: string }> {
  const t = await getTranslations('Shell')
  return {
    skip: t('skip'),
    menu: t('menu'),
    close: t('close'),
    pages: t('pages'),
    areas: t('areas'),
    account: t('account'),
    signIn: t('signIn'),
    signUp: t('signUp'),
    own: t('own'),
    language: t('language'),
    theme: { theme: t('theme'), system: t('system'), light: t('light'), dark: t('dark') },
  }
}
