'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { type FormState, IDLE } from '@/lib/http/form-state'

type SendCodeFormProps = {
  action: (previous: FormState<void>, form: FormData) => Promise<FormState<void>>
  label: string
  sentLabel: string
}

/** Has a code mailed, and says that it is on its way or why it is not. */
export function SendCodeForm({ action, label, sentLabel }: SendCodeFormProps) {
  const t = useTranslations('SignIn')
  const [state, send] = useActionState(action, IDLE as FormState<void>)
  return (
    <form action={send} className="flex flex-col items-start gap-3">
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
