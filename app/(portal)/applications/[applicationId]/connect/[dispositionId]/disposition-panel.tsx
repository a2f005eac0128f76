'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { PolledDisposition } from '@/app/api/dispositions/polled-disposition'
import { LinkButton } from '@/components/ui/link-button'
import { Notice } from '@/components/ui/notice'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import { CancelForm } from './cancel-form'
import { CodeStep } from './code-step'
import { EndedStep } from './ended-step'
import { NumberStep } from './number-step'
import { QrStep } from './qr-step'

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

class PollError extends Error {
  readonly status: number
  constructor(status: number) {
    super(`polling answered ${status}`)
    this.status = status
  }
}

/** One disposition on the page that started it: each state takes the place of the one before. */
export function DispositionPanel(props: DispositionPanelProps) {
  const { dispositionId, initial, deeplink } = props
  const { data, error } = useDisposition(dispositionId, initial)
  const signedOut = error instanceof PollError && error.status === 401
  const open = data.status === 'WAITING' || data.status === 'IMPORTED'

  return (
    <div className="flex flex-col gap-6">
      <VisuallyHidden role="status">{ANNOUNCED[data.status]}</VisuallyHidden>
      {error && open ? <PollProblem signedOut={signedOut} signInHref={props.signInHref} /> : null}
      {open && data.refused_imports > 0 ? <RefusedImports count={data.refused_imports} /> : null}
      {data.status === 'WAITING' && deeplink ? <QrStep {...props} deeplink={deeplink} polled={data} /> : null}
      {data.status === 'IMPORTED' ? <NumberStep polled={data} /> : null}
      {data.status === 'GRANTED' ? <CodeStep {...props} /> : null}
      {open ? <CancelForm dispositionId={dispositionId} /> : null}
      {open || data.status === 'GRANTED' ? null : <EndedStep polled={data} connectHref={props.connectHref} />}
    </div>
  )
}

function useDisposition(dispositionId: string, initial: PolledDisposition) {
  const queryClient = useQueryClient()
  const key = ['disposition', dispositionId]
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }): Promise<PolledDisposition> => {
      const response = await fetch(`/api/dispositions/${dispositionId}`, { signal, cache: 'no-store' })
      if (!response.ok) throw new PollError(response.status)
      return response.json()
    },
    initialData: initial,
    retry: false,
    refetchInterval: (current) => {
      if (current.state.error instanceof PollError && current.state.error.status < 500) return false
      return current.state.data?.poll_after_ms ?? false
    },
    // On purpose: the deeplink opens the wallet in front of this tab on the same device, and a phone in the hand puts the
    // desk's browser into the background. The code must be there when the person looks back.
    refetchIntervalInBackground: true,
  })

  // Another page of this person may have cancelled; whatever the server rendered last is as true as a poll.
  useEffect(() => {
    queryClient.setQueryData<PolledDisposition>(['disposition', dispositionId], (current) =>
      current && current.now > initial.now ? current : initial,
    )
  }, [queryClient, dispositionId, initial])

  return { data: query.data, error: query.error }
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
