import type { ComponentProps } from 'react'
import { Input } from './input'
import { mergeClasses } from './merge-classes'

export type OtpInputProps = Omit<ComponentProps<'input'>, 'type' | 'inputMode' | 'autoComplete'> & { digits?: number }

/** One field for the whole code, so that paste, autofill and screen readers work. A space within is left to the server. */
export function OtpInput({ digits = 6, className, ...props }: OtpInputProps) {
  return (
    <Input
      inputMode="numeric"
      autoComplete="one-time-code"
      autoCapitalize="off"
      spellCheck={false}
      maxLength={digits + 1}
      className={mergeClasses('min-h-12 max-w-60 font-mono text-h3 tracking-[0.25em] tabular md:text-h3', className)}
      {...props}
    />
  )
}
