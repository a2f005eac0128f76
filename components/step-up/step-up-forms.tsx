'use client'

import { startAuthentication } from '@simplewebauthn/browser'
import { KeyRound } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { startTransition, useActionState, useEffect, useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { type FormState, fieldErrorsOf, IDLE } from '@/lib/http/form-state'
import type { CodeMethod, FactorMethod } from '@/lib/people/schema'
import { loadStepUpAction, sendCodeAction, stepUpAction } from './actions'
import { CodeField } from './code-field'
import { SendCodeForm } from './send-code-form'

type StepUpFormsProps = {
  methods: FactorMethod[]
  /** The page's action goes on by itself; the dialog's tells `onDone`. */
  action?: (previous: FormState<unknown>, form: FormData) => Promise<FormState<unknown>>
  onDone?: () => void
  returnTo?: string | null
}

/** Every way that the person has, strongest first. All but the passkey work without a script. */
export function StepUpForms({ methods, action = stepUpAction, onDone, returnTo }: StepUpFormsProps) {
  const t = useTranslations('StepUp')
  const common = { action, onDone, returnTo: returnTo ?? null }
  return (
    <div className="flex flex-col gap-6">
      {methods.includes('passkey') ? <PasskeyProof {...common} /> : null}
      {methods.includes('totp') ? <CodeProof {...common} method="totp" /> : null}
      {methods.includes('mail-code') ? <SentCodeProof {...common} method="mail-code" /> : null}
      {methods.includes('sms-code') && !methods.includes('mail-code') ? (
        <SentCodeProof {...common} method="sms-code" />
      ) : null}
      {methods.includes('sms-code') && methods.includes('mail-code') ? (
        <details className="rounded-md border border-line px-4 py-3">
          <summary className="cursor-pointer font-medium">{t('smsTitle')}</summary>
          <div className="pt-4">
            <SentCodeProof {...common} method="sms-code" />
          </div>
        </details>
      ) : null}
      {methods.includes('recovery-code') ? (
        <details className="rounded-md border border-line px-4 py-3">
          <summary className="cursor-pointer font-medium">{t('recoveryTitle')}</summary>
          <div className="pt-4">
            <CodeProof {...common} method="recovery-code" />
          </div>
        </details>
      ) : null}
    </div>
  )
}

type ProofProps = Required<Pick<StepUpFormsProps, 'action'>> & {
  onDone: (() => void) | undefined
  returnTo: string | null
}

function useProof({ action, onDone }: ProofProps) {
  const [state, dispatch, pending] = useActionState(action, IDLE as FormState<unknown>)
  useEffect(() => {
    if (state.status === 'done') onDone?.()
  }, [state, onDone])
  return { state, dispatch, pending }
}

function PasskeyProof(props: ProofProps) {
  const t = useTranslations('StepUp')
  const signIn = useTranslations('SignIn')
  const { state, dispatch, pending } = useProof(props)
  const [asking, setAsking] = useState(false)
  const [failed, setFailed] = useState(false)

  async function ask() {
    if (asking || pending) return
    setAsking(true)
    setFailed(false)
    try {
      const choices = await loadStepUpAction() // a challenge is used once: each press fetches its own
      if (!choices?.passkey) throw new Error('no passkey to ask for')
      const response = await startAuthentication({ optionsJSON: choices.passkey.options })
      const form = new FormData()
      form.set('method', 'passkey')
      form.set('challengeId', choices.passkey.challengeId)
      form.set('response', JSON.stringify(response))
      if (props.returnTo) form.set('return_to', props.returnTo)
      startTransition(() => dispatch(form))
    } catch {
      setFailed(true) // dismissed, timed out, or none there: the browser does not say which
    } finally {
      setAsking(false)
    }
  }

  const refusal = failed ? signIn('passkeyFailed') : state.status === 'invalid' ? state.message : null
  return (
    <div className="flex flex-col gap-3">
      <Button block onClick={ask} pending={asking || pending}>
        <KeyRound aria-hidden />
        {t('passkey')}
      </Button>
      {refusal ? (
        <Notice meaning="warning" role="alert">
          {refusal}
        </Notice>
      ) : null}
    </div>
  )
}

function CodeProof({ method, ...props }: ProofProps & { method: CodeMethod }) {
  const t = useTranslations('StepUp')
  const signIn = useTranslations('SignIn')
  const id = useId()
  const { state, dispatch } = useProof(props)
  const errors = fieldErrorsOf(state)
  const recovery = method === 'recovery-code'
  return (
    <form action={dispatch} className="flex flex-col gap-4" noValidate>
      <FormErrorSummary
        title={signIn('problem')}
        message={state.status === 'invalid' ? state.message : undefined}
        errors={errors}
        ids={{ code: `${id}-code`, password: `${id}-password` }}
      />
      <input type="hidden" name="method" value={method} />
      {props.returnTo ? <input type="hidden" name="return_to" value={props.returnTo} /> : null}
      {recovery ? (
        <Field id={`${id}-password`} name="password" label={t('password')} error={errors.password}>
          <Input type="password" autoComplete="current-password" required maxLength={800} />
        </Field>
      ) : null}
      <CodeField
        method={method}
        id={`${id}-code`}
        hint={method === 'mail-code' || method === 'sms-code' ? undefined : signIn(`hint-${method}`)}
        error={errors.code}
      />
      <SubmitButton
        variant={recovery ? 'secondary' : 'primary'}
        pendingLabel={signIn('working')}
        className="self-start"
      >
        {t('confirm')}
      </SubmitButton>
    </form>
  )
}

function SentCodeProof({ method, ...props }: ProofProps & { method: 'mail-code' | 'sms-code' }) {
  const t = useTranslations('StepUp')
  const signIn = useTranslations('SignIn')
  const isSms = method === 'sms-code'
  return (
    <div className="flex flex-col gap-4">
      <SendCodeForm
        action={sendCodeAction}
        method={method}
        label={isSms ? t('sendSms') : t('sendCode')}
        sentLabel={isSms ? t('smsSent') : t('codeSent')}
      />
      <CodeProof {...props} method={method} />
      {isSms ? <p className="text-meta text-muted">{signIn('smsWeaker')}</p> : null}
    </div>
  )
}
