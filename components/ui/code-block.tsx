import { CopyButton } from './copy-button'
import { mergeClasses } from './merge-classes'

export type CodeBlockProps = {
  code: string
  /** What it is: "Get a token". Names the scrollable region too. */
  label: string
  copyLabel?: string
  copiedLabel?: string
  className?: string
}

export function CodeBlock({ code, label, copyLabel, copiedLabel, className }: CodeBlockProps) {
  return (
    <div className={mergeClasses('overflow-hidden rounded-md border border-line bg-sunken', className)}>
      <div className="flex min-h-10 items-center justify-between gap-2 border-b border-line py-1 pr-1 pl-3">
        <p className="min-w-0 text-meta break-words text-muted">{label}</p>
        <CopyButton value={code} label={copyLabel} copiedLabel={copiedLabel} subject={`“${label}”`} variant="ghost" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section aria-label={label} tabIndex={0} className="overflow-x-auto -outline-offset-2">
        <pre translate="no" className="p-3 text-meta">
          <code>{code}</code>
        </pre>
      </section>
    </div>
  )
}
