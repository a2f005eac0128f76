import { CircleAlert } from 'lucide-react'
import { cloneElement, type ReactElement, type ReactNode } from 'react'
import { mergeClasses } from './merge-classes'

export type FieldErrors = Record<string, string | string[] | undefined>

type ControlProps = {
  id?: string
  name?: string
  'aria-describedby'?: string
  'aria-invalid'?: boolean
}

export type FieldProps = {
  /** Name of the control, and its id unless `id` says otherwise: the summary's links point at it. */
  name: string
  label: ReactNode
  hint?: ReactNode
  error?: string | string[]
  /** Said after the label, for example "optional". */
  note?: string
  id?: string
  className?: string
  /** One control: Input, Textarea, Select or OtpInput. It gets id, name and the ARIA wiring. */
  children: ReactElement<ControlProps>
}

export function Field({ name, label, hint, error, note, id = name, className, children }: FieldProps) {
  const messages = [error ?? []].flat()
  const described = [hint && `${id}-hint`, messages.length > 0 && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className={mergeClasses('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className="font-medium">
        {label}
        {note ? <span className="font-normal text-muted"> ({note})</span> : null}
      </label>
      {cloneElement(children, {
        id,
        name,
        'aria-describedby': described || undefined,
        'aria-invalid': messages.length > 0 || undefined,
      })}
      {hint ? (
        <p id={`${id}-hint`} className="text-meta text-muted">
          {hint}
        </p>
      ) : null}
      <FieldError id={`${id}-error`} messages={messages} />
    </div>
  )
}

export function FieldError({ id, messages }: { id: string; messages: string[] }) {
  if (messages.length === 0) return null
  return (
    <p id={id} className="flex items-start gap-1.5 text-meta font-medium text-danger-text">
      <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      <span>{messages.join(' ')}</span>
    </p>
  )
}
