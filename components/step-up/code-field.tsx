'use client'

import { useTranslations } from 'next-intl'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { OtpInput } from '@/components/ui/otp-input'
import type { CodeMethod } from '@/lib/people/schema'

type CodeFieldProps = { method: CodeMethod; id?: string; hint?: string; error?: string[] }

/** Six digits, or a recovery code, which has letters and is copied from paper. */
export function CodeField({ method, id, hint, error }: CodeFieldProps) {
  const t = useTranslations('SignIn')
  const isRecovery = method === 'recovery-code'
  return (
    <Field name="code" label={isRecovery ? t('recoveryCode') : t('code')} id={id} hint={hint} error={error}>
      {isRecovery ? (
        <Input autoComplete="off" autoCapitalize="characters" spellCheck={false} className="font-mono" required />
      ) : (
        <OtpInput required />
      )}
    </Field>
  )
}
