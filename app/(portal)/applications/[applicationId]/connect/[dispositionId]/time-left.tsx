import type { PolledDisposition } from '@/app/api/dispositions/polled-disposition'
import { Countdown } from '@/components/ui/countdown'

/** How long the present step may take; by the server's clock. */
export function TimeLeft({ polled, label }: { polled: PolledDisposition; label: string }) {
  if (polled.expires_at === null) return null
  return (
    <Countdown
      key={polled.expires_at}
      until={polled.expires_at}
      now={polled.now}
      label={label}
      overLabel="Time is up"
      className="text-muted"
    />
  )
}
