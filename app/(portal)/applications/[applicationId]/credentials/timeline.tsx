import type { ReactNode } from 'react'
import { mergeClasses } from '@/components/ui/merge-classes'

export type TimelineProps = {
  steps: {
    key: string
    words: ReactNode /** Nothing has happened there yet. */
    isQuiet?: boolean
    isAhead?: boolean
  }[]
}

/** From the beginning to the end, in words; the line is for the eye alone. */
export function Timeline({ steps }: TimelineProps) {
  return (
    <ol className="flex flex-col">
      {steps.map(({ key, words, isQuiet, isAhead }) => (
        <li
          key={key}
          className={mergeClasses(
            'relative border-l border-line pb-3 pl-5 last:border-transparent last:pb-0',
            isQuiet && 'text-muted',
          )}
        >
          <span
            aria-hidden
            className={mergeClasses(
              'absolute top-1.5 -left-[5px] size-2.5 rounded-full border border-accent bg-accent',
              (isQuiet || isAhead) && 'border-line-strong bg-surface',
            )}
          />
          {words}
        </li>
      ))}
    </ol>
  )
}
