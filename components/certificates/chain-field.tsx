'use client'

import { FileUp } from 'lucide-react'
import { type ClipboardEvent, type DragEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { Field } from '@/components/ui/field'
import { mergeClasses } from '@/components/ui/merge-classes'
import { Notice } from '@/components/ui/notice'
import { Textarea } from '@/components/ui/textarea'
import { MAX_BYTES } from '@/lib/certificates/schema'
import { findKeyMaterial, type KeyMaterial } from '@/lib/core/private-key'

type Stopped = KeyMaterial | 'too-large' | null

const REASONS: Record<NonNullable<Stopped>, { title: string; text: string; command?: string }> = {
  'private-key': {
    title: 'This holds a private key',
    text: 'It was stopped in your browser and was not sent. Treat it as leaked all the same: make a new key, and have a new certificate issued for it. Here only the certificates are needed.',
  },
  'key-store': {
    title: 'This is a key store, which normally holds the private key',
    text: 'It was stopped in your browser and was not sent. Take the certificates out, and send those; of a Java key store make a PKCS#12 file first.',
    command: 'openssl pkcs12 -in FILE -nokeys -out chain.pem',
  },
  'too-large': {
    title: 'This is larger than 256 KiB',
    text: 'It was not sent. Send the certificates of one chain alone, without text dumps or other bundles.',
  },
}

export type ChainFieldProps = {
  /** Of the text. */
  name?: string
  /** Of a file that is no text. */
  fileName?: string
  error?: string | string[]
  /** A text that takes the place of the one there. */
  given?: string | null
}

/**
 * A chain pasted, dropped or picked. Private keys are looked for before anything becomes part of the form, so that they never
 * leave the browser. A file that is no text goes along as it is: its format has an answer of its own. Whichever came last, the
 * text or the file, is what is sent; it stays when the form has been sent, to be mended and sent again.
 */
export function ChainField({ name = 'chain', fileName = `${name}-file`, error, given }: ChainFieldProps) {
  const id = useId()
  const text = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  // What was judged last: leaving the field without a change takes no notice away.
  const judged = useRef('')
  const isStopped = useRef(false)
  const [stopped, setStopped] = useState<Stopped>(null)
  const [over, setOver] = useState(false)
  const [read, setRead] = useState('')

  function judge(bytes: Uint8Array): boolean {
    const reason = bytes.length > MAX_BYTES ? 'too-large' : findKeyMaterial(bytes)
    setStopped(reason)
    isStopped.current = reason !== null
    return reason === null
  }

  function put(value: string) {
    if (text.current) text.current.value = value
    judged.current = value
  }

  function forgetFile() {
    if (picker.current) picker.current.value = ''
    setRead('')
  }

  async function take(file: File | undefined) {
    if (!file) return
    const bytes = new Uint8Array(await file.slice(0, MAX_BYTES + 1).arrayBuffer())
    forgetFile()
    if (!judge(bytes)) return put('')
    const isText = file.size > 0 && !bytes.includes(0) && isUtf8(bytes)
    put(isText ? new TextDecoder().decode(bytes) : '')
    setRead(isText ? `${file.name} was read.` : `${file.name} is not PEM text. Check it to see what it is.`)
    if (isText || !picker.current) return
    const kept = new DataTransfer()
    kept.items.add(file)
    picker.current.files = kept.files
  }

  function drop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer.files[0]
    if (file) return void take(file)
    const dropped = event.dataTransfer.getData('text')
    forgetFile()
    put(judge(new TextEncoder().encode(dropped)) ? dropped : '')
  }

  function refuseKeys(event: ClipboardEvent<HTMLTextAreaElement>) {
    if (judge(new TextEncoder().encode(event.clipboardData.getData('text')))) return
    event.preventDefault()
    judged.current = event.currentTarget.value
  }

  /** Whether there is something else to send than what was stopped. */
  function maySend(): boolean {
    if (!judgeText()) return false
    const isEmpty = !text.current?.value && !picker.current?.files?.length
    return !(isStopped.current && isEmpty)
  }

  /** Whether the text may be sent. Keys that were typed, or pasted in pieces, are found here. */
  function judgeText(): boolean {
    const value = text.current?.value ?? ''
    if (value === judged.current) return true
    judged.current = value
    if (judge(new TextEncoder().encode(value))) return true
    put('')
    return false
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: a text that was given is put in once
  useEffect(() => {
    if (given === undefined || given === null) return
    forgetFile()
    setStopped(null)
    isStopped.current = false
    put(given)
    text.current?.focus()
  }, [given])

  // Listened to on the form itself, before what is inside it becomes a request, and before the browser is heard again.
  const latest = useRef(maySend)
  latest.current = maySend
  useLayoutEffect(() => {
    const form = text.current?.form
    // React empties a form after its action.
    const keep = (event: Event) => event.preventDefault()
    const guard = (event: Event) => {
      if (!latest.current()) event.preventDefault()
    }
    form?.addEventListener('reset', keep)
    form?.addEventListener('submit', guard)
    return () => {
      form?.removeEventListener('reset', keep)
      form?.removeEventListener('submit', guard)
    }
  }, [])

  const reason = stopped && REASONS[stopped]
  return (
    <div className="flex flex-col gap-4">
      {reason ? (
        <Notice meaning="danger" role="alert" title={reason.title}>
          {reason.text}
          {reason.command ? <code className="mt-1 block font-mono text-meta break-words">{reason.command}</code> : null}
        </Notice>
      ) : null}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is one more way beside the field and the button */}
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        data-testid="drop"
        className={mergeClasses(
          'flex flex-col gap-4 rounded-md border border-dashed border-line-strong bg-surface p-4 sm:p-6',
          over && 'border-accent bg-accent-surface',
        )}
      >
        <Field
          name={name}
          label="Certificate chain"
          hint="PEM: leaf first, then intermediates, then the root. Paste it, or drop a file anywhere in this box."
          error={error}
        >
          <Textarea
            ref={text}
            rows={10}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            translate="no"
            placeholder="-----BEGIN CERTIFICATE-----"
            className="max-h-96 font-mono md:text-meta"
            onPaste={refuseKeys}
            onInput={forgetFile}
            onBlur={judgeText}
          />
        </Field>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <label
            htmlFor={`${id}-file`}
            className="inline-flex min-h-10 cursor-pointer items-center gap-2 rounded-md border border-line-strong px-4 py-2 font-medium hover:bg-sunken has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus"
          >
            <FileUp aria-hidden className="size-4" />
            Choose a chain file
            <input
              ref={picker}
              id={`${id}-file`}
              type="file"
              name={fileName}
              className="sr-only"
              onChange={(event) => void take(event.target.files?.[0])}
            />
          </label>
          <p role="status" className="min-w-0 text-meta break-words text-muted">
            {read}
          </p>
        </div>
      </div>
    </div>
  )
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
