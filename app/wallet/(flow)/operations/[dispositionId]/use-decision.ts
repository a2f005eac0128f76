import { startAuthentication, WebAuthnError } from '@simplewebauthn/browser'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useRef, useState } from 'react'
import type { ImporterDisposition, NumberOutcome, PasskeyRequest } from '@/lib/dispositions/schema'
import { type FormState, IDLE } from '@/lib/http/form-state'
import { acceptAction, numberAction, refuseAction } from './actions'
import { NUMBER_FIELD } from './number-entry'
import { canSign, type Preparation } from './use-preparation'

type Act = 'accept' | 'refuse' | 'number'

/**
 * The three things that a person can do here, one at a time: a second tap while one is under way does nothing. After each the
 * server's answer renews the page, so what is over is shown as over.
 */
export function useDecision(disposition: ImporterDisposition, preparation: Preparation, prepareAgain: () => void) {
  const t = useTranslations('Wallet.approval')
  const router = useRouter()
  const busy = useRef(false)
  const [pending, setPending] = useState<Act | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [numberError, setNumberError] = useState<string | null>(null)
  const canAccept = preparation.status === 'preparing' || canSign(preparation)

  async function run(act: Act, work: () => Promise<void>) {
    if (busy.current) return
    busy.current = true
    setPending(act)
    setProblem(null)
    try {
      await work()
    } catch {
      // Whether it counted is not known: the page, read anew, says.
      setProblem(t('failed'))
      router.refresh()
    } finally {
      busy.current = false
      setPending(null)
    }
  }

  function accept() {
    void run('accept', async () => {
      if (disposition.numberWanted && !disposition.numberMatched && !(await submitNumber())) return
      if (preparation.status !== 'prepared') return
      const assertion = await askPasskey(preparation.prepared.options)
      if (typeof assertion === 'string') return setProblem(t(assertion))
      const answer = await acceptAction(IDLE, formOf({ assertion: JSON.stringify(assertion) }))
      if (answer.status === 'done') return
      explain(answer)
      prepareAgain()
      router.refresh()
    })
  }

  function refuse() {
    void run('refuse', async () => {
      const answer = await refuseAction(IDLE, formOf({}))
      if (answer.status === 'done') return
      explain(answer)
      router.refresh()
    })
  }

  function checkNumber() {
    void run('number', async () => {
      await submitNumber()
    })
  }

  async function submitNumber(): Promise<boolean> {
    const field = document.getElementById(NUMBER_FIELD) as HTMLInputElement | null
    const number = field?.value.trim() ?? ''
    const answer = /^\d{2}$/.test(number) ? await numberAction(IDLE, formOf({ number })) : null
    const outcome = answer?.status === 'done' ? answer.result : null
    if (outcome?.outcome === 'matched') {
      setNumberError(null)
      return true
    }
    setNumberError(outcome ? describeNumber(outcome) : t('numberMissing'))
    if (answer && !outcome) explain(answer)
    field?.focus()
    field?.select()
    return false
  }

  function describeNumber({ triesLeft }: NumberOutcome): string {
    return t('numberWrong', { left: triesLeft })
  }

  function explain(answer: FormState<unknown>) {
    setProblem((answer.status === 'invalid' && answer.message) || t('failed'))
  }

  function formOf(values: Record<string, string>): FormData {
    const form = new FormData()
    form.set('id', disposition.id)
    for (const [name, value] of Object.entries(values)) form.set(name, value)
    return form
  }

  return { pending, problem, numberError, canAccept, accept, refuse, checkNumber }
}

/** The assertion, or which words say why there is none. */
async function askPasskey(optionsJSON: PasskeyRequest) {
  if (!('credentials' in navigator) || typeof PublicKeyCredential === 'undefined') return 'unsupported'
  try {
    return await startAuthentication({ optionsJSON })
  } catch (error) {
    const cause = error instanceof WebAuthnError ? error.cause : error
    const name = cause instanceof Error ? cause.name : ''
    return name === 'NotAllowedError' || name === 'AbortError' ? 'cancelled' : 'passkeyFailed'
  }
}
