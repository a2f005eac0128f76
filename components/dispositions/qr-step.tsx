'use client'

import { Smartphone } from 'lucide-react'
import { useActionState } from 'react'
import { buttonStyle } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { Notice } from '@/components/ui/notice'
import { QrCode } from '@/components/ui/qr-code'
import { Stepper } from '@/components/ui/stepper'
import { SubmitButton } from '@/components/ui/submit-button'
import type { PolledDisposition } from '@/lib/dispositions/polled-disposition'
import { type FormState, IDLE } from '@/lib/http/form-state'
import { TimeLeft } from './time-left'

export type QrStepWords = {
  qr: string
  /** With `{time}`. */
  works: string
  over?: string
  steps: { label: string; description: string }[]
  here: string
  send: string
  sentOne: string
  /** With `{count}`. */
  sentMany: string
  noDevices: string
  cannotScan: string
  copyHint: string
  copy: string
  copied?: string
  copySubject?: string
  working?: string
}

type Sent = FormState<{ sent: number }>
type SendAction = (previous: Sent, form: FormData) => Promise<Sent>

type QrStepProps = {
  dispositionId: string
  deeplink: string
  hasDevices: boolean
  polled: PolledDisposition
  sendAction: SendAction
  words: QrStepWords
  locale?: string
}

/** Waiting to be imported: the code, the link and the message to a device lead to the same place. */
export function QrStep({ dispositionId, deeplink, hasDevices, polled, sendAction, words, locale }: QrStepProps) {
  return (
    <Card>
      <div className="grid gap-8 md:grid-cols-[auto_minmax(0,1fr)]">
        <div className="flex flex-col items-center gap-3 md:items-start">
          <QrCode value={deeplink} label={words.qr} />
          <TimeLeft polled={polled} label={words.works} overLabel={words.over} locale={locale} />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <Stepper steps={words.steps} />
          <div className="flex flex-col gap-3">
            <div className="flex flex-wrap gap-2">
              <a href={deeplink} target="_blank" rel="noreferrer" className={buttonStyle({ variant: 'secondary' })}>
                {words.here}
              </a>
              <SendToDevice dispositionId={dispositionId} hasDevices={hasDevices} action={sendAction} words={words} />
            </div>
            <details className="text-meta text-muted">
              <summary className="cursor-pointer rounded-sm py-1">{words.cannotScan}</summary>
              <p className="mt-1 max-w-prose">{words.copyHint}</p>
              <div className="mt-2">
                <CopyButton
                  value={deeplink}
                  label={words.copy}
                  copiedLabel={words.copied}
                  subject={words.copySubject}
                />
              </div>
            </details>
          </div>
        </div>
      </div>
    </Card>
  )
}

type SendToDeviceProps = { dispositionId: string; hasDevices: boolean; action: SendAction; words: QrStepWords }

function SendToDevice({ dispositionId, hasDevices, action: send, words }: SendToDeviceProps) {
  const [state, action] = useActionState<Sent, FormData>(send, IDLE)
  const sent = state.status === 'done' ? state.result.sent : null
  const none = sent === null ? !hasDevices : sent === 0
  return (
    <>
      <form action={action}>
        <input type="hidden" name="id" value={dispositionId} />
        <SubmitButton variant="secondary" pendingLabel={words.working}>
          <Smartphone aria-hidden />
          {words.send}
        </SubmitButton>
      </form>
      <div role="status" className="basis-full">
        {sent ? (
          <Notice meaning="success">
            {sent === 1 ? words.sentOne : words.sentMany.replace('{count}', String(sent))}
          </Notice>
        ) : null}
        {state.status === 'invalid' ? <Notice meaning="warning">{state.message}</Notice> : null}
        {none ? <p className="max-w-prose text-meta text-muted">{words.noDevices}</p> : null}
      </div>
    </>
  )
}
