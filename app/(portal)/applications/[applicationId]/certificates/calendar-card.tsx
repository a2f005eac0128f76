'use client'

import { CalendarPlus } from 'lucide-react'
import { Card } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { SubmitButton } from '@/components/ui/submit-button'
import { Time } from '@/components/ui/time'
import type { CalendarAddress } from '@/lib/certificates/chain-schema'
import { ActionForm } from '../../../action-form'
import { renewCalendarAction } from './actions'

export type CalendarCardProps = {
  applicationId: string
  calendar: CalendarAddress | null
  mayRenew: boolean
  now: Date
}

/** Expiry dates and cut-overs for a calendar program. The address is shown once, when it is made. */
export function CalendarCard({ applicationId, calendar, mayRenew, now }: CalendarCardProps) {
  return (
    <Card title="Calendar">
      <div className="flex flex-col gap-4">
        <p className="max-w-prose">
          A calendar program can subscribe to the ends, starts and cut-overs of all chains. We also mail the team 60,
          30, 14, 7 and 1 days before a certificate expires.
        </p>
        {calendar ? (
          <p className="text-meta text-muted">
            An address was made <Time value={calendar.createdAt} now={now} />
            {calendar.createdBy ? ` by ${calendar.createdBy}` : ''}. A new one ends it.
          </p>
        ) : null}
        {mayRenew ? (
          <ActionForm
            action={renewCalendarAction}
            fields={{ applicationId }}
            whenDone={({ url }) => (
              <div role="status" className="flex flex-col gap-2">
                <p>Whoever has this address sees the dates. It is shown now and never again.</p>
                <div className="flex flex-wrap items-center gap-3">
                  <input
                    readOnly
                    aria-label="Calendar address"
                    value={url}
                    translate="no"
                    className="min-w-0 flex-1 basis-60 rounded-md border border-line bg-sunken px-3 py-2 font-mono text-meta"
                  />
                  <CopyButton value={url} subject="calendar address" size="md" />
                </div>
              </div>
            )}
          >
            {() => (
              <SubmitButton variant="secondary">
                <CalendarPlus aria-hidden />
                {calendar ? 'Make a new address' : 'Make a calendar address'}
              </SubmitButton>
            )}
          </ActionForm>
        ) : null}
      </div>
    </Card>
  )
}
