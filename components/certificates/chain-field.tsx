'use client'

import { FileUp } from 'lucide-react'
import { type ClipboardEvent, type DragEvent, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { mergeClasses } from '@/components/ui/merge-classes'
import { Notice } from '@/components/ui/notice'
import { Textarea } from '@/components/ui/textarea'
import { MAX_BYTES } from '@/lib/certificates/schema'
import { findKeyMaterial, type KeyMaterial } from '@/lib/core/private-key'

type Stopped = KeyMaterial | 'too-large' | null

const REASONS: Record<NonNullable<Stopped>, { title: string; text: string }> = {
  'private-key': {
    title: 'This holds a private key',
    text: 'It was stopped in your browser and was not sent. If it has ever left your machine, treat the key as leaked. Send the certificates without it.',
  },
  'key-store': {
    title: 'This is a key store, which normally holds the private key',
    text: 'It was stopped in your browser and was not sent. Take the certificates out: openssl pkcs12 -in FILE -nokeys -out chain.pem',
  },
  'too-large': {
    title: 'This is larger than 256 KiB',
    text: 'It was not sent. Send the certificates of one chain alone.',
  },
}

export type ChainFieldProps = {
  /** Of the text; the file is `name` with `-file` after it. */
  name?: string
  defaultValue?: string
  error?: string | string[]
}

/**
 * A chain pasted, dropped or picked. Private keys are looked for before anything becomes part of the form, so that they never
 * leave the browser. A file that is no text goes along as it is: its format has an answer of its own.
 */
export function ChainField({ name = 'chain', defaultValue, error }: ChainFieldProps) {
  const text = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const [stopped, setStopped] = useState<Stopped>(null)
  const [over, setOver] = useState(false)
  const [fileName, setFileName] = useState<string | null>(null)

  function judge(bytes: Uint8Array): boolean {
    const reason = bytes.length > MAX_BYTES ? 'too-large' : findKeyMaterial(bytes)
    setStopped(reason)
    return reason === null
  }

  function clear() {
    if (text.current) text.current.value = ''
    if (picker.current) picker.current.value = ''
    setFileName(null)
  }

  async function take(file: File | undefined) {
    if (!file) return
    const bytes = new Uint8Array(await file.slice(0, MAX_BYTES + 1).arrayBuffer())
    if (!judge(bytes)) return clear()
    const isText = file.size > 0 && !bytes.includes(0) && isUtf8(bytes)
    setFileName(file.name)
    if (text.current) text.current.value = isText ? new TextDecoder().decode(bytes) : ''
    if (!picker.current) return
    const kept = new DataTransfer()
    if (!isText) kept.items.add(file)
    picker.current.files = kept.files
  }

  function drop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer.files[0]
    if (file) void take(file)
    else paste(event.dataTransfer.getData('text'))
  }

  function paste(pasted: string) {
    if (!judge(new TextEncoder().encode(pasted))) return clear()
    if (text.current) text.current.value = pasted
  }

  function refuseKeys(event: ClipboardEvent<HTMLTextAreaElement>) {
    if (judge(new TextEncoder().encode(event.clipboardData.getData('text')))) return
    event.preventDefault()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button beside picks a file as well
    <div
      className={mergeClasses(
        'flex flex-col gap-3 rounded-md',
        over && 'outline-2 outline-accent outline-dashed outline-offset-4',
      )}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Field
        name={name}
        label="Certificate chain"
        hint="PEM: leaf first, then intermediates, then the root. Paste it, drop a file here, or pick one."
        error={error}
      >
        <Textarea
          ref={text}
          rows={10}
          spellCheck={false}
          autoComplete="off"
          defaultValue={defaultValue}
          className="font-mono"
          placeholder="-----BEGIN CERTIFICATE-----"
          onPaste={refuseKeys}
          onBlur={(event) => {
            if (!judge(new TextEncoder().encode(event.target.value))) clear()
          }}
        />
      </Field>
      <div className="flex flex-wrap items-center gap-3">
        <Button variant="secondary" onClick={() => picker.current?.click()}>
          <FileUp aria-hidden />
          Pick a file
        </Button>
        <input
          ref={picker}
          type="file"
          name={`${name}-file`}
          aria-label="Chain file"
          tabIndex={-1}
          className="sr-only"
          onChange={(event) => void take(event.target.files?.[0])}
        />
        {fileName ? (
          <span className="min-w-0 break-all text-muted" role="status">
            {fileName}
          </span>
        ) : null}
      </div>
      {stopped ? (
        <Notice meaning="danger" role="alert" title={REASONS[stopped].title}>
          {REASONS[stopped].text}
        </Notice>
      ) : null}
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
