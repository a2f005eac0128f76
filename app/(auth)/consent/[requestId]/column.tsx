import type { ReactNode } from 'react'

/** The one column of these pages. */
export function Column({ children }: { children: ReactNode }) {
  return <div className="mx-auto flex w-full max-w-160 flex-col gap-6 sm:gap-8">{children}</div>
}
