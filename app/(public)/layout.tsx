import type { ReactNode } from 'react'
import { getShellLabels } from '@/components/shell/labels'
import { PublicShell } from '@/components/shell/public-shell'

export default async function PublicLayout({ children }: { children: ReactNode }) {
  return <PublicShell labels={await getShellLabels()}>{children}</PublicShell>
}
