'use client'

import { FileUp } from 'lucide-react'
import { type DragEvent, type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { Field } from '@/components/ui/field'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { mergeClasses } from '@/components/ui/merge-classes'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { Textarea } from '@/components/ui/textarea'
import { findKeyMaterial } from '@/lib/core/private-key'
import { type FormState, fieldErrorsOf } from '@/lib/http/form-state'
import { takeChain } from '../kept-chain'

export type ChainFormProps = {
  action: (form: FormData) => void
  state: FormState<unknown>
  fields: Record<string, string>
  /** A text offered in place of the one there, once it is asked for. */
  given?: string
}

/** As much as is ever read of a chain, and a byte more, so that the check can say that it is too large. */
const READ_BYTES = 256 * 1024 + 1

/** Paste, drag or pick. The browser looks for a private key first: where there is one, nothing is sent. */
export function ChainForm({ action, state, fields, given }: ChainFormProps) {
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const [holdsKey, setHoldsKey] = useState(false)
  const [dragged, setDragged] = useState(false)
  const [read, setRead] = useState('')
  // Its value is ours: React empties a form after its action, and what was checked stays in sight.
  const [text, setText] = useState('')

  useEffect(() => {
    const kept = given ?? takeChain()
    if (kept === null) return
    setText(kept)
    field.current?.focus()
  }, [given])

  /** A file that is text goes into the field, where it can be seen; any other is sent as it is. */
  async function readFile(file: File | undefined) {
    if (!file) return
    const bytes = new Uint8Array(await file.slice(0, READ_BYTES).arrayBuffer())
    if (refuseKey(bytes)) return
    if (!/-----BEGIN/.test(new TextDecoder('latin1').decode(bytes))) {
      setRead(`${file.name} is not PEM text. Check it to see what it is.`)
      return
    }
    setText(new TextDecoder().decode(bytes))
    if (picker.current) picker.current.value = ''
    setRead(`${file.name} was read.`)
  }

  function refuseKey(bytes: Uint8Array): boolean {
    const found = findKeyMaterial(bytes) !== null
    setHoldsKey(found)
    if (!found) return false
    setText('')
    if (picker.current) picker.current.value = ''
    setRead('')
    return true
  }

  function guard(event: FormEvent) {
    if (refuseKey(new TextEncoder().encode(text))) event.preventDefault()
  }

  function drop(event: DragEvent) {
    event.preventDefault()
    setDragged(false)
    const file = event.dataTransfer.files[0]
    if (file && picker.current) picker.current.files = event.dataTransfer.files
    void readFile(file)
  }

  return (
    <form action={action} onSubmit={guard} className="flex flex-col gap-4">
      <FormErrorSummary
        message={state.status === 'invalid' ? state.message : undefined}
        errors={fieldErrorsOf(state)}
      />
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {holdsKey ? (
        <Notice meaning="danger" role="alert" title="That was a private key. It has not left your browser.">
          Nothing was sent, and the text is gone from this page. Treat the key as leaked all the same if it has been
          anywhere it should not be: make a new one, and have a new certificate issued for it. Here only the
          certificates are needed.
        </Notice>
      ) : null}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is one more way beside the field and the button */}
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setDragged(true)
        }}
        onDragLeave={() => setDragged(false)}
        onDrop={drop}
        data-testid="drop"
        className={mergeClasses(
          'flex flex-col gap-4 rounded-md border border-dashed border-line-strong bg-surface p-4 sm:p-6',
          dragged && 'border-accent bg-accent-surface',
        )}
      >
        <Field
          name="chain"
          label="Certificate chain"
          hint="Paste the PEM text, or drop a file anywhere in this box."
          error={fieldErrorsOf(state).chain}
        >
          <Textarea
            ref={field}
            value={text}
            onChange={(event) => setText(event.target.value)}
            rows={10}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            translate="no"
            placeholder="-----BEGIN CERTIFICATE-----"
            className="max-h-96 font-mono md:text-meta"
          />
        </Field>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <label
            htmlFor={`${id}-file`}
            className="inline-flex min-h-10 cursor-pointer items-center gap-2 rounded-md border border-line-strong px-4 py-2 font-medium hover:bg-sunken has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus"
          >
            <FileUp aria-hidden className="size-4" />
            Choose a file
            <input
              ref={picker}
              id={`${id}-file`}
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
      </div>
      <div>
        <SubmitButton pendingLabel="Checking…">Check chain</SubmitButton>
      </div>
    </form>
  )
}
