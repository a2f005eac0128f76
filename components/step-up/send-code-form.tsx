'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { type FormState, IDLE } from '@/lib/http/form-state'
import type { SendCodeInput } from '@/lib/people/schema'

type SendCodeFormProps = {
  action: (previous: FormState<void>, form: FormData) => Promise<FormState<void>>
  method: SendCodeInput['method']
  label: string
  sentLabel: string
}

/** Has a code sent, and says that it is on its way or why it is not. */
export function SendCodeForm({ action, method, label, sentLabel }: SendCodeFormProps) {
  const t = useTranslations('SignIn')
  const [state, send] = useActionState(action, IDLE as FormState<void>)
  return (
    <form action={send} className="flex flex-col items-start gap-3">
      <input type="hidden" name="method" value={method} />
      {state.status === 'done' ? (
        <Notice meaning="success" role="status">
          {sentLabel}
        </Notice>
      ) : null}
      {state.status === 'invalid' ? (
        <Notice meaning="warning" role="alert">
          {state.message}
        </Notice>
      ) : null}
      <SubmitButton variant="secondary" pendingLabel={t('working')}>
        {label}
      </SubmitButton>
    </form>
  )
}
