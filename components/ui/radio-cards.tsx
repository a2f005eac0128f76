import type { ReactNode } from 'react'
import { FieldError } from './field'
import { mergeClasses } from './merge-classes'

export type RadioCardsProps = {
  name: string
  legend: ReactNode
  options: { value: string; label: ReactNode; description?: ReactNode; badge?: ReactNode }[]
  defaultValue?: string
  hint?: ReactNode
  error?: string | string[]
  /** Side by side from 640 px; a pair at every width. */
  columns?: 1 | 2 | 3 | 'pair'
  id?: string
  required?: boolean
}

const COLUMNS = { 1: '', 2: 'sm:grid-cols-2', 3: 'sm:grid-cols-3', pair: 'grid-cols-2' }

/** The label around a radio or a checkbox. */
export const CHOICE_CARD =
  'flex cursor-pointer items-start gap-3 rounded-md border border-line-strong bg-surface p-3 hover:bg-sunken has-checked:border-accent has-checked:bg-accent-surface has-checked:ring-1 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus'

/** A choice among few, each with what it means. The first radio carries the id, so that an error's link lands there. */
export function RadioCards({
  name,
  legend,
  options,
  defaultValue,
  hint,
  error,
  columns = 1,
  id = name,
  required,
}: RadioCardsProps) {
  const messages = [error ?? []].flat()
  const described = [hint && `${id}-hint`, messages.length > 0 && `${id}-error`].filter(Boolean).join(' ')
  return (
    <fieldset aria-describedby={described || undefined} className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 font-medium">{legend}</legend>
      <div className={mergeClasses('grid gap-2', COLUMNS[columns])}>
        {options.map((option, index) => {
          const optionId = index === 0 ? id : `${id}-${option.value}`
          return (
            <label key={option.value} htmlFor={optionId} className={CHOICE_CARD}>
              <input
                type="radio"
                id={optionId}
                name={name}
                value={option.value}
                defaultChecked={option.value === defaultValue}
                required={required}
                aria-labelledby={`${optionId}-label`}
                aria-describedby={option.description ? `${optionId}-description` : undefined}
                className="mt-0.5 size-4 shrink-0 accent-accent outline-none"
              />
              <span className="min-w-0 flex-1">
                <span className="flex flex-wrap items-center gap-2 font-medium">
                  <span id={`${optionId}-label`} className="min-w-0 break-words">
                    {option.label}
                  </span>
                  {option.badge}
                </span>
                {option.description ? (
                  <span id={`${optionId}-description`} className="block text-meta wrap-anywhere text-muted">
                    {option.description}
                  </span>
                ) : null}
              </span>
            </label>
          )
        })}
      </div>
      {hint ? (
        <p id={`${id}-hint`} className="text-meta text-muted">
          {hint}
        </p>
      ) : null}
      <FieldError id={`${id}-error`} messages={messages} />
    </fieldset>
  )
}
