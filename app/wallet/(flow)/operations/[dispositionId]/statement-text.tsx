import { Check, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Statement } from '@/lib/dispositions/schema'

/** The signed words, whole and unchanged: their hash is in what the passkey signs. */
export function StatementText({ statement }: { statement: Statement }) {
  return (
    <section aria-live="polite" className="flex flex-col gap-5 rounded-md border border-line bg-surface p-4">
      <h2 className="text-lead font-semibold break-words">{statement.title}</h2>
      <dl className="flex flex-col divide-y divide-line">
        {statement.rows.map(({ label, value }) => (
          <div key={label} className="flex flex-col gap-0.5 py-2.5 first:pt-0 last:pb-0">
            <dt className="text-meta text-muted">{label}</dt>
            <dd dir="auto" className="break-words">
              {value}
            </dd>
          </div>
        ))}
      </dl>
      <Lines
        title={statement.allowsTitle}
        lines={statement.allows}
        icon={<Check aria-hidden className="mt-0.5 size-4 shrink-0 text-success-text" />}
      />
      <Lines
        title={statement.forbidsTitle}
        lines={statement.forbids}
        icon={<X aria-hidden className="mt-0.5 size-4 shrink-0 text-danger-text" />}
      />
    </section>
  )
}

function Lines({ title, lines, icon }: { title: string; lines: string[]; icon: ReactNode }) {
  return (
    <div className="flex flex-col gap-1.5">
      <h3 className="font-medium">{title}</h3>
      <ul className="flex flex-col gap-1.5">
        {lines.map((line) => (
          <li key={line} className="flex gap-2">
            {icon}
            <span className="min-w-0">{line}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
