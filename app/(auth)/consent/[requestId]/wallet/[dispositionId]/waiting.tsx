'use client'

import { useLocale, useTranslations } from 'next-intl'
import { type ReactNode, startTransition, useActionState, useEffect, useRef } from 'react'
import { NumberStep } from '@/components/dispositions/number-step'
import { QrStep } from '@/components/dispositions/qr-step'
import { useDisposition } from '@/components/dispositions/use-disposition'
import { LinkButton } from '@/components/ui/link-button'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import type { PolledDisposition } from '@/lib/dispositions/polled-disposition'
import { type FormState, IDLE } from '@/lib/http/form-state'
import { Column } from '../../column'
import { GoingBack } from '../../going-back'
import { decideHereAction, finishAction, sendToDeviceAction } from './actions'

type WaitingProps = {
  requestId: string
  dispositionId: string
  header: ReactNode
  /** As the server rendered it; polling goes on from there. */
  initial: PolledDisposition
  /** Null once it cannot be imported any more. */
  deeplink: string | null
  hasDevices: boolean
  signInHref: string
}

/** What was chosen waits for the person's own wallet; once it is accepted there, this browser goes back with the answer. */
export function Waiting(props: WaitingProps) {
  const { requestId, dispositionId, header, initial } = props
  const t = useTranslations('WalletConsent')
  const { polled, trouble, askAgain } = useDisposition(dispositionId, initial)
  const [finished, finish] = useActionState(finishAction, IDLE as FormState<{ location: string } | null>)
  if (finished.status === 'done' && finished.result) return <GoingBack location={finished.result.location} />

  const isOpen = polled.status === 'WAITING' || polled.status === 'IMPORTED'
  return (
    <Column>
      {header}
      <VisuallyHidden role="status">
        {polled.status === 'WAITING' ? t('waiting') : polled.status === 'IMPORTED' ? t('compare') : ''}
      </VisuallyHidden>
      {isOpen ? <OpenSteps {...props} polled={polled} trouble={trouble} onRefused={askAgain} /> : null}
      {polled.status === 'GRANTED' ? (
        <Granted requestId={requestId} dispositionId={dispositionId} state={finished} finish={finish} />
      ) : null}
      {isOpen || polled.status === 'GRANTED' ? null : <Ended requestId={requestId} polled={polled} />}
    </Column>
  )
}

type OpenStepsProps = WaitingProps & {
  polled: PolledDisposition
  trouble: 'signed-out' | 'unreachable' | null
  onRefused: () => void
}

function OpenSteps({ polled, trouble, onRefused, deeplink, ...props }: OpenStepsProps) {
  const t = useTranslations('WalletConsent')
  const locale = useLocale()
  const { requestId, dispositionId } = props
  const raw = (key: 'works' | 'decide' | 'sentMany') => t.raw(key) as string
  return (
    <>
      {trouble === 'signed-out' ? (
        <Notice
          meaning="warning"
          role="alert"
          title={t('signedOutTitle')}
          action={<LinkButton href={props.signInHref}>{t('signIn')}</LinkButton>}
        >
          {t('signedOut')}
        </Notice>
      ) : null}
      {trouble === 'unreachable' ? (
        <Notice meaning="warning" role="status">
          {t('lost')}
        </Notice>
      ) : null}
      {polled.refused_imports > 0 ? (
        <Notice meaning="danger" role="alert">
          {t('others')}
        </Notice>
      ) : null}
      {polled.status === 'WAITING' && deeplink ? (
        <QrStep
          dispositionId={dispositionId}
          deeplink={deeplink}
          hasDevices={props.hasDevices}
          polled={polled}
          sendAction={sendToDeviceAction}
          locale={locale}
          words={{
            qr: t('qr'),
            works: raw('works'),
            over: t('over'),
            steps: [
              { label: t('step1'), description: t('step1Hint') },
              { label: t('step2'), description: t('step2Hint') },
              { label: t('step3'), description: t('step3Hint') },
            ],
            here: t('here'),
            send: t('send'),
            sentOne: t('sent'),
            sentMany: raw('sentMany'),
            noDevices: t('noDevices'),
            cannotScan: t('cannotScan'),
            copyHint: t('copyHint'),
            copy: t('copy'),
            copied: t('copied'),
            copySubject: t('copySubject'),
            working: t('working'),
          }}
        />
      ) : null}
      {polled.status === 'IMPORTED' ? (
        <NumberStep
          polled={polled}
          locale={locale}
          words={{
            openedBy: t('openedBy'),
            number: t('number'),
            decide: raw('decide'),
            over: t('over'),
            notYou: t('notYou'),
          }}
        />
      ) : null}
      <DecideHere requestId={requestId} dispositionId={dispositionId} onRefused={onRefused} />
    </>
  )
}

type OfDisposition = { requestId: string; dispositionId: string }

/** Withdraws what waits for the wallet. */
function DecideHere({ requestId, dispositionId, onRefused }: OfDisposition & { onRefused: () => void }) {
  const t = useTranslations('WalletConsent')
  const [state, action] = useActionState(decideHereAction, IDLE as FormState<never>)
  const refused = useRef(onRefused)
  refused.current = onRefused
  useEffect(() => {
    if (state.status === 'invalid') refused.current()
  }, [state])
  return (
    <form action={action} className="flex flex-col items-start gap-3">
      <input type="hidden" name="id" value={dispositionId} />
      <input type="hidden" name="requestId" value={requestId} />
      <SubmitButton variant="secondary" pendingLabel={t('working')}>
        {t('cancel')}
      </SubmitButton>
    </form>
  )
}

type GrantedProps = OfDisposition & {
  state: FormState<{ location: string } | null>
  finish: (form: FormData) => void
}

/** Accepted: asks for the way back by itself, and by a button where scripts do not run. */
function Granted({ requestId, dispositionId, state, finish }: GrantedProps) {
  const t = useTranslations('WalletConsent')
  const form = useRef<HTMLFormElement>(null)
  const isAsked = useRef(false)

  useEffect(() => {
    if (isAsked.current || !form.current) return
    isAsked.current = true
    const choices = new FormData(form.current)
    startTransition(() => finish(choices))
  }, [finish])

  if (state.status === 'done') {
    return (
      <Notice meaning="info" role="status">
        {t('tooLate')}
      </Notice>
    )
  }
  return (
    <form ref={form} action={finish} className="flex flex-col items-start gap-4">
      <input type="hidden" name="id" value={dispositionId} />
      <input type="hidden" name="requestId" value={requestId} />
      <Notice meaning="success" role="status" className="self-stretch">
        {t('granted')}
      </Notice>
      {state.status === 'invalid' ? (
        <Notice meaning="warning" role="alert" className="self-stretch">
          {state.message}
        </Notice>
      ) : null}
      <SubmitButton pendingLabel={t('working')}>{t('goOn')}</SubmitButton>
    </form>
  )
}

function Ended({ requestId, polled }: { requestId: string; polled: PolledDisposition }) {
  const t = useTranslations('WalletConsent')
  const reason = polled.reason === null || polled.reason === 'accepted' ? 'expired' : polled.reason
  return (
    <Notice
      meaning={reason === 'expired' || reason === 'cancelled' ? 'warning' : 'danger'}
      role="alert"
      title={t('endedTitle')}
      action={<LinkButton href={`/consent/${requestId}`}>{t('decideHere')}</LinkButton>}
    >
      {t(reason)}
    </Notice>
  )
}
