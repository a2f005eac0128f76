import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { mergeClasses } from './merge-classes'
import { VisuallyHidden } from './visually-hidden'

export type StepperProps = {
  steps: { label: ReactNode; description?: ReactNode }[]
  /** Index of the step under way; without it the list is just numbered instructions. */
  current?: number
  doneLabel?: string
}

export function Stepper({ steps, current, doneLabel = 'Done' }: StepperProps) {
  return (
    <ol className="flex flex-col gap-4">
      {steps.map((step, index) => {
        const done = current !== undefined && index < current
        const active = index === current
        return (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
            key={index}
            aria-current={active ? 'step' : undefined}
            className="flex gap-3"
          >
            <span
              aria-hidden
              className={mergeClasses(
                'flex size-6 shrink-0 items-center justify-center rounded-full border border-line-strong text-meta tabular',
                active && 'border-accent bg-accent font-medium text-on-accent',
                done && 'border-success-line bg-success-surface text-success-text',
              )}
            >
              {done ? <Check className="size-3.5" /> : index + 1}
            </span>
            <div className="min-w-0 pt-0.5">
              <p className={active ? 'font-medium' : undefined}>
                {step.label}
                {done ? <VisuallyHidden> ({doneLabel})</VisuallyHidden> : null}
              </p>
              {step.description ? <p className="text-muted">{step.description}</p> : null}
            </div>
          </li>
        )
      })}
    </ol>
  )
}
