import type { ComponentProps } from 'react'
import { type ButtonStyle, buttonStyle } from './button'
import { Link } from './link'
import { mergeClasses } from './merge-classes'

export type LinkButtonProps = ComponentProps<typeof Link> & ButtonStyle

/** A link that looks like a button: goes somewhere, changes nothing. */
export function LinkButton({ variant, size, block, className, ...props }: LinkButtonProps) {
  return <Link className={mergeClasses(buttonStyle({ variant, size, block }), 'no-underline', className)} {...props} />
}
