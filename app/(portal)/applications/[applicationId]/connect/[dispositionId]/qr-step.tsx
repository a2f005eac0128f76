'use client'

import { Smartphone } from 'lucide-react'
import { useActionState } from 'react'
import type { PolledDisposition } from '@/app/api/dispositions/polled-disposition'
import { buttonStyle } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { Notice } from '@/components/ui/notice'
import { QrCode } from '@/components/ui/qr-code'
import { Stepper } from '@/components/ui/stepper'
import { SubmitButton } from '@/components/ui/submit-button'
import { IDLE } from '@/lib/http/form-state'
import { sendToDeviceAction } from './actions'
import { TimeLeft } from './time-left'

const STEPS = [
  {
    label: 'Open the wallet on your phone',
    description: 'Scan the code with its camera, or with the wallet’s scanner.',
  },
  {
    label: 'Read what is asked',
    description: 'It names this application and the account, and what it will be able to do.',
  },
  { label: 'Enter the number from this page', description: 'It appears here once your phone has opened the code.' },
]

type QrStepProps = { dispositionId: string; deeplink: string; hasDevices: boolean; polled: PolledDisposition }

/** Waiting to be imported: the code, the link and the message to a device lead to the same place. */
export function QrStep({ dispositionId, deeplink, hasDevices, polled }: QrStepProps) {
  return (
    <Card>
      <div className="grid gap-8 md:grid-cols-[auto_minmax(0,1fr)]">
        <div className="flex flex-col items-center gap-3 md:items-start">
          <QrCode value={deeplink} label="QR code: opens this request in your wallet" />
          <TimeLeft polled={polled} label="Works for {time} more" />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <Stepper steps={STEPS} />
          <div className="flex flex-col gap-3">
            <div className="flex flex-wrap gap-2">
              <a href={deeplink} target="_blank" rel="noreferrer" className={buttonStyle({ variant: 'secondary' })}>
                Open on this device
              </a>
              <SendToDevice dispositionId={dispositionId} hasDevices={hasDevices} />
            </div>
            <details className="text-meta text-muted">
              <summary className="cursor-pointer rounded-sm py-1">Cannot scan?</summary>
              <p className="mt-1 max-w-prose">
                Copy the link and open it in the browser of your phone. Give it to nobody: whoever opens it first is who
                this page will show.
              </p>
              <div className="mt-2">
                <CopyButton value={deeplink} label="Copy link" subject="to this request" />
              </div>
            </details>
          </div>
        </div>
      </div>
    </Card>
  )
}

function SendToDevice({ dispositionId, hasDevices }: { dispositionId: string; hasDevices: boolean }) {
  const [state, action] = useActionState(sendToDeviceAction, IDLE)
  const none = state.status === 'done' ? state.result.sent === 0 : !hasDevices
  return (
    <>
      <form action={action}>
        <input type="hidden" name="id" value={dispositionId} />
        <SubmitButton variant="secondary">
          <Smartphone aria-hidden />
          Send to my device
        </SubmitButton>
      </form>
      <div role="status" className="basis-full">
        {state.status === 'done' && state.result.sent > 0 ? (
          <Notice meaning="success">
            {state.result.sent === 1 ? 'Sent to your device.' : `Sent to your ${state.result.sent} devices.`} Tap the
            notification there.
          </Notice>
        ) : null}
        {state.status === 'invalid' ? <Notice meaning="warning">{state.message}</Notice> : null}
        {none ? (
          <p className="max-w-prose text-meta text-muted">
            None of your devices receives notifications yet. Open the wallet on your phone and turn them on there; until
            then, scan the code or use the link.
          </p>
        ) : null}
      </div>
    </>
  )
}
