import { getTheme } from './theme'
import { ThemeSwitchButtons, type ThemeSwitchLabels } from './theme-switch-buttons'

export async function ThemeSwitch({ labels }: { labels?: ThemeSwitchLabels }) {
  return <ThemeSwitchButtons initial={await getTheme()} labels={labels} />
}
