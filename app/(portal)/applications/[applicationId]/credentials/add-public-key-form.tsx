'use client'

import { FileUp } from 'lucide-react'
import { type FormEvent, useActionState, useEffect, useRef, useState } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { Field } from '@/components/ui/field'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { Select } from '@/components/ui/select'
import { SubmitButton } from '@/components/ui/submit-button'
import { Textarea } from '@/components/ui/textarea'
import { findKeyMaterial } from '@/lib/core/private-key'
import type { Environment } from '@/lib/core/secrets'
import type { AddedPublicKeys } from '@/lib/credentials/public-key-schema'
import { LIFETIME_DAYS, OVERLAPS } from '@/lib/credentials/schema'
import { type FormState, fieldErrorsOf, IDLE, valuesOf } from '@/lib/http/form-state'
import { addPublicKeysAction } from './actions'
import { overlapOptions } from './overlap-words'

export type AddPublicKeyFormProps = { applicationId: string; environment: Environment; hasOthers: boolean }

/** As much as is ever read, and a byte more, so that the answer can say that it is too large. */
const READ_BYTES = 64 * 1024 + 1

/** Paste or pick. The browser looks for a private key first: where there is one, nothing is sent (ADR-0092). */
export function AddPublicKeyForm({ applicationId, environment, hasOthers }: AddPublicKeyFormProps) {
  const [state, action] = useActionState<FormState<AddedPublicKeys>, FormData>(addPublicKeysAction, IDLE)
  const picker = useRef<HTMLInputElement>(null)
  const [holdsKey, setHoldsKey] = useState(false)
  const [read, setRead] = useState('')
  // Its value is ours: React empties a form after its action, and a key that was refused stays in sight.
  const [text, setText] = useState('')
  const errors = fieldErrorsOf(state)
  const values = valuesOf(state)

  useEffect(() => {
    if (state.status !== 'done') return
    setText('')
    setRead('')
  }, [state])

  async function readFile(file: File | undefined) {
    if (!file) return
    const bytes = new Uint8Array(await file.slice(0, READ_BYTES).arrayBuffer())
    if (picker.current) picker.current.value = ''
    if (refuseKey(bytes)) return
    setText(new TextDecoder().decode(bytes))
    setRead(`${file.name} was read.`)
  }

  function refuseKey(bytes: Uint8Array): boolean {
    const found = findKeyMaterial(bytes) !== null
    setHoldsKey(found)
    if (!found) return false
    setText('')
    setRead('')
    return true
  }

  function guard(event: FormEvent) {
    if (refuseKey(new TextEncoder().encode(text))) event.preventDefault()
  }

  return (
    <form action={action} onSubmit={guard} className="flex max-w-form flex-col gap-5">
      <FormErrorSummary message={state.status === 'invalid' ? state.message : undefined} errors={errors} />
      <input type="hidden" name="applicationId" value={applicationId} />
      <input type="hidden" name="environment" value={environment} />
      {holdsKey ? (
        <Notice meaning="danger" role="alert" title="That was a private key. It has not left your browser.">
          Nothing was sent, and the text is gone from this page. If it has been anywhere it should not be, make a new
          pair. Here only the public key is needed.
        </Notice>
      ) : null}
      <Field name="publicKey" label="Public key" hint="Paste the text, or choose the file." error={errors.publicKey}>
        <Textarea
          value={text}
          onChange={(event) => setText(event.target.value)}
          rows={6}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          translate="no"
          placeholder="-----BEGIN PUBLIC KEY-----"
          className="max-h-80 font-mono md:text-meta"
        />
      </Field>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <label
          htmlFor="public-key-file"
          className="inline-flex min-h-10 cursor-pointer items-center gap-2 rounded-md border border-line-strong px-4 py-2 font-medium hover:bg-sunken has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus"
        >
          <FileUp aria-hidden className="size-4" />
          Choose a file
          <input
            ref={picker}
            id="public-key-file"
            type="file"
            name="file"
            className="sr-only"
            onChange={(event) => void readFile(event.target.files?.[0])}
          />
        </label>
        <p role="status" className="min-w-0 text-meta break-words text-muted">
          {read}
        </p>
      </div>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field
          name="kid"
          label="Name in the header (kid)"
          note="optional"
          hint="Otherwise the key’s own, or its thumbprint."
          error={errors.kid}
        >
          <Input autoComplete="off" autoCapitalize="off" spellCheck={false} maxLength={128} defaultValue={values.kid} />
        </Field>
        <Field name="lifetimeDays" id="public-key-lifetime" label="Ends" error={errors.lifetimeDays}>
          <Select defaultValue={values.lifetimeDays ?? ''}>
            <option value="">only when you end it</option>
            {LIFETIME_DAYS.map((days) => (
              <option key={days} value={days}>
                after {days} days
              </option>
            ))}
          </Select>
        </Field>
      </div>
      {hasOthers ? (
        <Field
          name="overlap"
          id="public-key-overlap"
          label="The keys that are live now"
          hint="Choose an end where the new key takes over. Tokens that they fetched live on."
          error={errors.overlap}
        >
          <Select defaultValue={values.overlap ?? ''}>
            <option value="">stay as they are</option>
            {overlapOptions(OVERLAPS).map(({ value, label }) => (
              <option key={value} value={value}>
                {value === '0' ? 'end at once' : `end after ${label}`}
              </option>
            ))}
          </Select>
        </Field>
      ) : null}
      <div className="flex flex-wrap items-center gap-4">
        <SubmitButton pendingLabel="Adding…">Add public key</SubmitButton>
        <p role="status" className="min-w-0 text-success-text">
          {state.status === 'done' ? describeDone(state.result) : ''}
        </p>
      </div>
      <StepUpDialog state={state} />
    </form>
  )
}

function describeDone({ keys }: AddedPublicKeys): string {
  const added = keys.filter(({ isNew }) => isNew).length
  if (added === 0) return 'It was there already.'
  return added === 1 ? 'Added.' : `${added} keys added.`
}
