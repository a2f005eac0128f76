'use client'

import { Download, KeyRound } from 'lucide-react'
import { useEffect, useId, useRef } from 'react'
import { Button, buttonStyle } from './button'
import { CodeBlock } from './code-block'
import { CopyButton } from './copy-button'
import { LinkButton } from './link-button'

export type SecretPanelLabels = {
  once: string
  copy: string
  copied: string
  download: string
  curl: string
  stored: string
}

const ENGLISH: SecretPanelLabels = {
  once: 'This is the only time we show it. We keep a fingerprint, not the value. Lost it? Make another; nothing else changes.',
  copy: 'Copy',
  copied: 'Copied',
  download: 'Download .env',
  curl: 'Try it now',
  stored: 'I have stored it',
}

export type SecretPanelProps = {
  /** "Application secret", "Connection code": heading, and name of the value. */
  label: string
  value: string
  /** Lines of the `.env` file. */
  env?: Record<string, string>
  envFileName?: string
  /** A line that works as it stands. */
  curl?: string
  /** Where "I have stored it" leads: an address, or what puts the panel away. */
  doneHref?: string
  onDone?: () => void
  labels?: SecretPanelLabels
}

/** Shows a secret once. It takes the focus when it appears, and the value never leaves this page's memory. */
export function SecretPanel({
  label,
  value,
  env,
  envFileName = 'countersign.env', // a leading dot would not survive the browser
  curl,
  doneHref,
  onDone,
  labels = ENGLISH,
}: SecretPanelProps) {
  const id = useId()
  const panel = useRef<HTMLElement>(null)
  useEffect(() => panel.current?.focus(), [])

  return (
    <section
      ref={panel}
      tabIndex={-1}
      // Described, not labelled: the label's words name the value alone, for people and for tests.
      aria-describedby={`${id}-title`}
      className="overflow-hidden rounded-md border border-accent-line bg-surface outline-none"
    >
      <header className="flex gap-3 border-b border-accent-line bg-accent-surface px-4 py-3 sm:px-6">
        <KeyRound aria-hidden className="mt-0.5 size-5 shrink-0 text-accent-text" />
        <div className="min-w-0">
          <h2 id={`${id}-title`} className="text-lead">
            {label}
          </h2>
          <p className="max-w-prose">{labels.once}</p>
        </div>
      </header>
      <div className="flex flex-col gap-4 px-4 py-4 sm:px-6 sm:py-5">
        <textarea
          readOnly
          rows={2}
          aria-label={label}
          value={value}
          spellCheck={false}
          translate="no"
          onFocus={(event) => event.target.select()}
          className="field-sizing-content w-full resize-none rounded-md border border-line-strong bg-sunken p-3 font-mono text-body break-all"
        />
        <div className="flex flex-wrap gap-2">
          <CopyButton value={value} label={labels.copy} copiedLabel={labels.copied} size="md" variant="primary" />
          {env ? (
            <a
              href={`data:text/plain;charset=utf-8,${encodeURIComponent(toEnvFile(env))}`}
              download={envFileName}
              className={buttonStyle({ variant: 'secondary' })}
            >
              <Download aria-hidden />
              {labels.download}
            </a>
          ) : null}
        </div>
        {curl ? (
          <CodeBlock code={curl} label={labels.curl} copyLabel={labels.copy} copiedLabel={labels.copied} />
        ) : null}
      </div>
      {doneHref || onDone ? (
        <footer className="border-t border-line px-4 py-3 sm:px-6">
          {doneHref ? (
            <LinkButton href={doneHref} replace variant="secondary">
              {labels.stored}
            </LinkButton>
          ) : (
            <Button variant="secondary" onClick={onDone}>
              {labels.stored}
            </Button>
          )}
        </footer>
      ) : null}
    </section>
  )
}

function toEnvFile(env: Record<string, string>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
