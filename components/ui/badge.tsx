import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { mergeClasses } from './merge-classes'

const badgeStyle = cva(
  'inline-flex w-fit items-center gap-1 rounded-full border px-2 py-0.5 text-meta font-medium whitespace-nowrap [&_svg]:size-3.5 [&_svg]:shrink-0',
  {
    variants: {
      meaning: {
        neutral: 'border-line bg-sunken text-muted',
        accent: 'border-accent-line bg-accent-surface text-accent-text',
        success: 'border-success-line bg-success-surface text-success-text',
        warning: 'border-warning-line bg-warning-surface text-warning-text',
        danger: 'border-danger-line bg-danger-surface text-danger-text',
        info: 'border-info-line bg-info-surface text-info-text',
        sandbox: 'border-sandbox-line bg-sandbox-surface text-sandbox-text',
      },
    },
    defaultVariants: { meaning: 'neutral' },
  },
)

export type BadgeMeaning = NonNullable<VariantProps<typeof badgeStyle>['meaning']>

export type BadgeProps = ComponentProps<'span'> & { meaning?: BadgeMeaning }

/** Always holds a word; an icon may stand before it. */
export function Badge({ meaning, className, ...props }: BadgeProps) {
  return <span className={mergeClasses(badgeStyle({ meaning }), className)} {...props} />
}
