'use client'

import { useTranslations } from 'next-intl'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { Notice } from '@/components/ui/notice'
import { type FormState, fieldErrorsOf } from '@/lib/http/form-state'

/** On top of a form: what is wrong with it, or that it is done. */
export function FormMessage({
  state,
  done,
  ids,
}: {
  state: FormState<unknown>
  done?: string
  ids?: Record<string, string>
}) {
  const t = useTranslations('SignIn')
  if (state.status === 'done' && done) {
    return (
      <Notice meaning="success" role="status">
        {done}
      </Notice>
    )
  }
  return (
    <FormErrorSummary
      title={t('problem')}
      message={state.status === 'invalid' ? state.message : undefined}
      errors={fieldErrorsOf(state)}
      ids={ids}
    />
  )
}
