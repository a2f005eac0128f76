import type { PolledDisposition } from '@/app/api/dispositions/polled-disposition'
import { Card } from '@/components/ui/card'
import { TimeLeft } from './time-left'

/** Imported: who has it, and the number that ties that device to this screen. */
export function NumberStep({ polled }: { polled: PolledDisposition }) {
  return (
    <Card>
      <div className="flex flex-col items-center gap-3 py-4 text-center">
        <p>
          Opened by <strong className="font-semibold">{polled.imported_by}</strong>
        </p>
        {polled.number === null ? null : (
          <>
            <p id="disposition-number" className="text-muted">
              Enter this number on your device
            </p>
            <output
              aria-labelledby="disposition-number"
              className="rounded-md border border-accent-line bg-accent-surface px-8 py-4 font-mono text-[4rem] leading-none font-semibold tracking-widest text-accent-text tabular"
            >
              {polled.number}
            </output>
          </>
        )}
        <TimeLeft polled={polled} label="{time} left to decide" />
        <p className="max-w-prose text-meta text-muted">
          Not you? Cancel now: nothing has been granted. Three wrong numbers refuse the request.
        </p>
      </div>
    </Card>
  )
}
