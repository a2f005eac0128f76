import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { mergeClasses } from './merge-classes'
import { Spinner } from './spinner'

export const buttonStyle = cva(
  'inline-flex items-center justify-center gap-2 rounded-md border font-medium text-center select-none transition-colors duration-100 aria-disabled:cursor-progress [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'border-accent bg-accent text-on-accent hover:border-accent-hover hover:bg-accent-hover',
        secondary: 'border-line-strong bg-surface text-ink hover:bg-sunken',
        ghost: 'border-transparent bg-transparent text-ink hover:bg-sunken',
        danger: 'border-danger bg-danger text-on-danger hover:border-danger-hover hover:bg-danger-hover',
      },
      size: {
        sm: 'min-h-8 px-3 py-1 text-meta [&_svg]:size-3.5',
        md: 'min-h-10 px-4 py-2 text-body [&_svg]:size-4',
        lg: 'min-h-12 px-5 py-3 text-lead [&_svg]:size-5',
      },
      block: { true: 'w-full', false: 'w-fit' },
    },
    defaultVariants: { variant: 'primary', size: 'md', block: false },
  },
)

export type ButtonStyle = VariantProps<typeof buttonStyle>

export type ButtonProps = Omit<ComponentProps<'button'>, 'disabled'> & ButtonStyle & { pending?: boolean }

/** A pending button shows that it works, keeps the focus and its name, and is never `disabled`. */
export function Button({ variant, size, block, pending, className, children, type = 'button', ...props }: ButtonProps) {
  return (
    <button
      type={type}
      aria-busy={pending || undefined}
      aria-disabled={pending || undefined}
      className={mergeClasses(buttonStyle({ variant, size, block }), className)}
      {...props}
    >
      {pending ? <Spinner /> : null}
      {children}
    </button>
  )
}
