'use client'

import { OctagonAlert } from 'lucide-react'
import { type MouseEvent, useEffect, useRef } from 'react'
import type { FieldErrors } from './field'

export type FormErrorSummaryProps = {
  title?: string
  /** What is wrong with the form as a whole. */
  message?: string
  /** By field name; each becomes a link to the control with that id. */
  errors?: FieldErrors
  /** Where control ids differ from field names. */
  ids?: Record<string, string>
}

/** Stands on top of a form; takes the focus when it appears and whenever its words change. */
export function FormErrorSummary({ title = 'There is a problem', message, errors, ids }: FormErrorSummaryProps) {
  const box = useRef<HTMLDivElement>(null)
  const entries = Object.entries(errors ?? {}).flatMap(([name, value]) =>
    [value ?? []].flat().map((text) => ({ name, text })),
  )
  const present = Boolean(message) || entries.length > 0

  // A new `errors` object is a new submission: the focus moves even when the words are the same.
  // biome-ignore lint/correctness/useExhaustiveDependencies: errors and message are the trigger
  useEffect(() => {
    if (present) box.current?.focus()
  }, [present, errors, message])

  if (!present) return null

  function goTo(event: MouseEvent<HTMLAnchorElement>, id: string) {
    const control = document.getElementById(id)
    if (!control) return
    event.preventDefault()
    control.focus()
    control.scrollIntoView({ block: 'center' })
  }

  return (
    <div
      ref={box}
      role="alert"
      tabIndex={-1}
      className="flex gap-3 rounded-md border-2 border-danger-text bg-danger-surface p-4 text-danger-text"
    >
      <OctagonAlert aria-hidden className="mt-0.5 size-5 shrink-0" />
      <div className="min-w-0">
        <p className="font-semibold">{title}</p>
        {message ? <p className="text-ink">{message}</p> : null}
        {entries.length > 0 ? (
          <ul className="mt-1 flex flex-col gap-1">
            {entries.map(({ name, text }) => {
              const id = ids?.[name] ?? name
              return (
                <li key={`${name}:${text}`}>
                  <a href={`#${id}`} onClick={(event) => goTo(event, id)} className="underline underline-offset-2">
                    {text}
                  </a>
                </li>
              )
            })}
          </ul>
        ) : null}
      </div>
    </div>
  )
}
