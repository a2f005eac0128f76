'use client'

import { NumberStep, type NumberStepWords } from '@/components/dispositions/number-step'
import { QrStep, type QrStepWords } from '@/components/dispositions/qr-step'
import { useDisposition } from '@/components/dispositions/use-disposition'
import { LinkButton } from '@/components/ui/link-button'
import { Notice } from '@/components/ui/notice'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import type { PolledDisposition } from '@/lib/dispositions/polled-disposition'
import { sendToDeviceAction } from './actions'
import { CancelForm } from './cancel-form'
import { CodeStep } from './code-step'
import { EndedStep } from './ended-step'

export type DispositionPanelProps = {
  dispositionId: string
  connectionId: string
  /** As the server rendered it; polling goes on from there. */
  initial: PolledDisposition
  /** Null once it cannot be imported any more. */
  deeplink: string | null
  hasDevices: boolean
  connectHref: string
  signInHref: string
  /** What goes into the `.env` file and the curl line beside the code. */
  client: { applicationKey: string; tokenUrl: string }
}

const ANNOUNCED: Record<PolledDisposition['status'], string> = {
  WAITING: 'Waiting for your device.',
  IMPORTED: 'Opened on a device. Compare the number.',
  GRANTED: 'Granted. The connection code is shown.',
  REFUSED: 'Refused.',
  CANCELLED: 'Cancelled.',
  EXPIRED: 'Expired.',
}

const QR_WORDS: QrStepWords = {
  qr: 'QR code: opens this request in your wallet',
  works: 'Works for {time} more',
  steps: [
    {
      label: 'Open the wallet on your phone',
      description: 'Scan the code with its camera, or with the wallet’s scanner.',
    },
    {
      label: 'Read what is asked',
      description: 'It names this application and the account, and what it will be able to do.',
    },
    { label: 'Enter the number from this page', description: 'It appears here once your phone has opened the code.' },
  ],
  here: 'Open on this device',
  send: 'Send to my device',
  sentOne: 'Sent to your device. Tap the notification there.',
  sentMany: 'Sent to your {count} devices. Tap the notification there.',
  noDevices:
    'None of your devices receives notifications yet. Open the wallet on your phone and turn them on there; until then, scan the code or use the link.',
  cannotScan: 'Cannot scan?',
  copyHint:
    'Copy the link and open it in the browser of your phone. Give it to nobody: whoever opens it first is who this page will show.',
  copy: 'Copy link',
  copySubject: 'to this request',
}

const NUMBER_WORDS: NumberStepWords = {
  openedBy: 'Opened by',
  number: 'Enter this number on your device',
  decide: '{time} left to decide',
  notYou: 'Not you? Cancel now: nothing has been granted. Three wrong numbers refuse the request.',
}

/** One disposition on the page that started it: each state takes the place of the one before. */
export function DispositionPanel(props: DispositionPanelProps) {
  const { dispositionId, initial, deeplink } = props
  const { polled: data, trouble } = useDisposition(dispositionId, initial)
  const open = data.status === 'WAITING' || data.status === 'IMPORTED'

  return (
    <div className="flex flex-col gap-6">
      <VisuallyHidden role="status">{ANNOUNCED[data.status]}</VisuallyHidden>
      {trouble && open ? <PollProblem signedOut={trouble === 'signed-out'} signInHref={props.signInHref} /> : null}
      {open && data.refused_imports > 0 ? <RefusedImports count={data.refused_imports} /> : null}
      {data.status === 'WAITING' && deeplink ? (
        <QrStep
          dispositionId={dispositionId}
          deeplink={deeplink}
          hasDevices={props.hasDevices}
          polled={data}
          sendAction={sendToDeviceAction}
          words={QR_WORDS}
        />
      ) : null}
      {data.status === 'IMPORTED' ? <NumberStep polled={data} words={NUMBER_WORDS} /> : null}
      {data.status === 'GRANTED' ? <CodeStep {...props} /> : null}
      {open ? <CancelForm dispositionId={dispositionId} /> : null}
      {open || data.status === 'GRANTED' ? null : <EndedStep polled={data} connectHref={props.connectHref} />}
    </div>
  )
}

function PollProblem({ signedOut, signInHref }: { signedOut: boolean; signInHref: string }) {
  if (signedOut) {
    return (
      <Notice
        meaning="warning"
        role="alert"
        title="You have been signed out"
        action={<LinkButton href={signInHref}>Sign in</LinkButton>}
      >
        What you started goes on without this page. Sign in again to see how it ended.
      </Notice>
    )
  }
  return (
    <Notice meaning="warning" role="status" title="We cannot reach the server">
      Still trying. What you do on your device counts all the same.
    </Notice>
  )
}

function RefusedImports({ count }: { count: number }) {
  return (
    <Notice meaning="danger" role="alert" title="Somebody else tried to open this code">
      {count === 1 ? 'One attempt was turned away.' : `${count} attempts were turned away.`} If you did not show the
      code to anybody, cancel and start again where nobody can see your screen.
    </Notice>
  )
}
