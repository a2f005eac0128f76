'use client'

import { useRef } from 'react'
import { Checkbox } from '@/components/ui/checkbox'
import { Field, FieldError } from '@/components/ui/field'
import { RadioCards } from '@/components/ui/radio-cards'
import { Select } from '@/components/ui/select'
import { SubmitButton } from '@/components/ui/submit-button'
import type { SandboxCertificate } from '@/lib/certificates/chain-schema'
import type { FormState } from '@/lib/http/form-state'
import { ActionForm } from '../../../../action-form'
import { makeSandboxCertificateAction } from '../actions'
import { makeCsr, newKeyPair } from './browser-key'
import { MadeCertificate } from './made-certificate'
import { SANDBOX_KIND_WORDS } from './sandbox-kind-words'

const ROLES = [
  ['PSP_AI', 'Account information'],
  ['PSP_PI', 'Payment initiation'],
  ['PSP_AS', 'Account servicing'],
  ['PSP_IC', 'Issuing of card-based instruments'],
] as const

/** Key and request are made here; the request alone is sent. */
export function SandboxForm({ applicationId }: { applicationId: string }) {
  const keys = useRef<CryptoKeyPair>(null)

  async function make(previous: FormState<SandboxCertificate>, form: FormData) {
    keys.current = await newKeyPair()
    form.set('csr', await makeCsr(keys.current))
    return makeSandboxCertificateAction(previous, form)
  }

  return (
    <ActionForm
      action={make}
      fields={{ applicationId }}
      className="max-w-form"
      whenDone={(made) =>
        keys.current ? <MadeCertificate applicationId={applicationId} made={made} keys={keys.current} /> : null
      }
    >
      {({ values, errors }) => (
        <>
          <RadioCards
            name="kind"
            legend="Certificate"
            defaultValue={values.kind ?? 'working'}
            error={errors.kind}
            options={SANDBOX_KIND_WORDS}
          />
          <fieldset className="flex flex-col gap-3">
            <legend className="mb-1.5 font-medium">
              PSD2 roles <span className="font-normal text-muted">(optional)</span>
            </legend>
            {ROLES.map(([role, words]) => (
              <Checkbox key={role} id={role} name="roles" value={role} label={`${words} (${role})`} />
            ))}
            <FieldError id="roles-error" messages={errors.roles ?? []} />
          </fieldset>
          <Field name="days" label="Valid for" error={errors.days}>
            <Select defaultValue={values.days ?? '90'}>
              <option value="7">7 days</option>
              <option value="90">90 days</option>
              <option value="365">1 year</option>
            </Select>
          </Field>
          <FieldError id="csr" messages={errors.csr ?? []} />
          <div>
            <SubmitButton pendingLabel="Making key and certificate…">Make certificate</SubmitButton>
          </div>
        </>
      )}
    </ActionForm>
  )
}
