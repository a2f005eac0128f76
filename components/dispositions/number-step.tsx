import { Card } from '@/components/ui/card'
import type { PolledDisposition } from '@/lib/dispositions/polled-disposition'
import { TimeLeft } from './time-left'

export type NumberStepWords = {
  openedBy: string
  number: string
  /** With `{time}`. */
  decide: string
  over?: string
  notYou: string
}

type NumberStepProps = { polled: PolledDisposition; words: NumberStepWords; locale?: string }

/** Imported: who has it, and the number that ties that device to this screen. */
export function NumberStep({ polled, words, locale }: NumberStepProps) {
  return (
    <Card>
      <div className="flex flex-col items-center gap-3 py-4 text-center">
        <p>
          {words.openedBy} <strong className="font-semibold">{polled.imported_by}</strong>
        </p>
        {polled.number === null ? null : (
          <>
            <p id="disposition-number" className="text-muted">
              {words.number}
            </p>
            <output
              aria-labelledby="disposition-number"
              className="rounded-md border border-accent-line bg-accent-surface px-8 py-4 font-mono text-[4rem] leading-none font-semibold tracking-widest text-accent-text tabular"
            >
              {polled.number}
            </output>
          </>
        )}
        <TimeLeft polled={polled} label={words.decide} overLabel={words.over} locale={locale} />
        <p className="max-w-prose text-meta text-muted">{words.notYou}</p>
      </div>
    </Card>
  )
}
