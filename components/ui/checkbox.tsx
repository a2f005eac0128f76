import type { ComponentProps, ReactNode } from 'react'
import { FieldError } from './field'
import { mergeClasses } from './merge-classes'

export type CheckboxProps = Omit<ComponentProps<'input'>, 'type'> & {
  name: string
  label: ReactNode
  hint?: ReactNode
  error?: string | string[]
}

export function Checkbox({ name, label, hint, error, id = name, className, ...props }: CheckboxProps) {
  const messages = [error ?? []].flat()
  const described = [hint && `${id}-hint`, messages.length > 0 && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className={mergeClasses('flex flex-col gap-1.5', className)}>
      <div className="flex items-start gap-3">
        <input
          type="checkbox"
          id={id}
          name={name}
          aria-describedby={described || undefined}
          aria-invalid={messages.length > 0 || undefined}
          className="mt-px size-5 shrink-0 accent-accent"
          {...props}
        />
        <div className="flex flex-col gap-0.5">
          <label htmlFor={id} className="font-medium">
            {label}
          </label>
          {hint ? (
            <p id={`${id}-hint`} className="text-meta text-muted">
              {hint}
            </p>
          ) : null}
        </div>
      </div>
      <FieldError id={`${id}-error`} messages={messages} />
    </div>
  )
}
