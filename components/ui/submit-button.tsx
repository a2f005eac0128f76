'use client'

import type { MouseEvent } from 'react'
import { useFormStatus } from 'react-dom'
import { Button, type ButtonProps } from './button'
import { VisuallyHidden } from './visually-hidden'

export type SubmitButtonProps = Omit<ButtonProps, 'type' | 'pending'> & {
  /** Said to screen readers while the form is on its way. */
  pendingLabel?: string
}

/** Submits the form around it; a second press while the first is on its way does nothing. */
export function SubmitButton({
  children,
  pendingLabel = 'Working…',
  onClick,
  name,
  value,
  ...props
}: SubmitButtonProps) {
  const { pending, data } = useFormStatus()
  // Of several submit buttons in one form only the pressed one spins.
  const pressed = pending && (name === undefined || data?.get(name) === String(value))

  function press(event: MouseEvent<HTMLButtonElement>) {
    if (pending) event.preventDefault()
    else onClick?.(event)
  }

  return (
    <>
      <Button type="submit" name={name} value={value} pending={pressed} onClick={press} {...props}>
        {children}
      </Button>
      <VisuallyHidden role="status">{pressed ? pendingLabel : ''}</VisuallyHidden>
    </>
  )
}
