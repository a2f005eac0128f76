import { Countdown } from '@/components/ui/countdown'
import type { PolledDisposition } from '@/lib/dispositions/polled-disposition'

type TimeLeftProps = {
  polled: PolledDisposition
  /** With `{time}`. */
  label: string
  overLabel?: string
  locale?: string
}

/** How long the present step may take; by the server's clock. */
export function TimeLeft({ polled, label, overLabel, locale }: TimeLeftProps) {
  if (polled.expires_at === null) return null
  return (
    <Countdown
      key={polled.expires_at}
      until={polled.expires_at}
      now={polled.now}
      label={label}
      overLabel={overLabel}
      locale={locale}
      className="text-muted"
    />
  )
}
