import { cookies } from 'next/headers'

export const THEMES = ['system', 'light', 'dark'] as const

export type Theme = (typeof THEMES)[number]

/** The theme that this browser chose, from its `theme` cookie; any other value counts as none. */
export async function getTheme(): Promise<Theme> {
  const value = (await cookies()).get('theme')?.value
  return value === 'light' || value === 'dark' ? value : 'system'
}
