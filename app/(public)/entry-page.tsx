import type { ReactNode } from 'react'

/** One narrow column: title, a sentence, a form. */
export function EntryPage({ title, purpose, children }: { title: string; purpose?: string; children: ReactNode }) {
  return (
    <div className="mx-auto flex w-full max-w-[26rem] flex-col gap-6 py-8 sm:py-14">
      <header className="flex flex-col gap-1">
        <h1 className="text-h2">{title}</h1>
        {purpose ? <p className="text-muted">{purpose}</p> : null}
      </header>
      {children}
    </div>
  )
}
