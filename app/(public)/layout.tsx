import type { ReactNode } from 'react'
import { getShellLabels } from '@/components/shell/labels'
import { PublicShell } from '@/components/shell/public-shell'
import { LinkButton } from '@/components/ui/link-button'
import { currentSession } from '@/lib/session/current-session'
import { startPage } from '@/lib/session/start-page'

/** Who is signed in already is not asked to, but shown the way to their own pages. */
export default async function PublicLayout({ children }: { children: ReactNode }) {
  const [labels, session] = await Promise.all([getShellLabels(), currentSession()])
  const own = session ? (
    <LinkButton href={startPage(session)} variant="secondary">
      {labels.own}
    </LinkButton>
  ) : undefined
  return (
    <PublicShell labels={labels} actions={own}>
      {children}
    </PublicShell>
  )
}
