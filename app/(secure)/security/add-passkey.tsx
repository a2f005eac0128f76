'use client'

import { browserSupportsWebAuthn, startRegistration } from '@simplewebauthn/browser'
import { useTranslations } from 'next-intl'
import { startTransition, useActionState, useEffect, useRef, useState } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { fieldErrorsOf, IDLE, valuesOf } from '@/lib/http/form-state'
import { enrolPasskeyAction, startPasskeyAction } from './actions'
import { FormMessage } from './form-message'

type Trouble = 'unsupported' | 'cancelled'

/** First the challenge, which may ask for a step-up; then the browser makes the passkey; then it is kept under its name. */
export function AddPasskey() {
  const t = useTranslations('Security.passkeys')
  const [start, startAction] = useActionState(startPasskeyAction, IDLE)
  const [kept, keep] = useActionState(enrolPasskeyAction, IDLE)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const name = useRef<HTMLInputElement>(null)
  const chosen = useRef<string | null>(null)

  useEffect(() => {
    if (start.status !== 'done') return
    const { challengeId, options } = start.result
    setTrouble(null)
    if (!browserSupportsWebAuthn()) {
      setTrouble('unsupported')
      return
    }
    startRegistration({ optionsJSON: options }).then(
      (response) => {
        const form = new FormData()
        form.set('challengeId', challengeId)
        form.set('response', JSON.stringify(response))
        form.set('name', chosen.current ?? name.current?.value ?? '')
        startTransition(() => keep(form))
      },
      () => setTrouble('cancelled'),
    )
  }, [start, keep])

  return (
    <form
      action={startAction}
      onSubmit={(event) => {
        chosen.current = String(new FormData(event.currentTarget).get('name') ?? '')
      }}
      className="flex max-w-form flex-col gap-4 border-t border-line pt-5"
      noValidate
    >
      {kept.status === 'idle' || start.status === 'invalid' ? <FormMessage state={start} /> : null}
      <FormMessage
        state={kept}
        done={kept.status === 'done' && !kept.result.acceptsNow ? t('addedLater') : t('added')}
        ids={{ name: 'passkey-name' }}
      />
      {trouble ? (
        <Notice meaning="warning" role="alert">
          {t(trouble)}
        </Notice>
      ) : null}
      <Field
        id="passkey-name"
        name="name"
        label={t('name')}
        hint={t('nameHint')}
        error={fieldErrorsOf(kept).name ?? fieldErrorsOf(start).name}
      >
        <Input
          ref={name}
          required
          maxLength={80}
          defaultValue={valuesOf(start).name ?? t('defaultName')}
          autoComplete="off"
        />
      </Field>
      <SubmitButton className="self-start">{t('add')}</SubmitButton>
      <StepUpDialog state={start} />
    </form>
  )
}
