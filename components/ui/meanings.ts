import { CircleCheck, Info, type LucideIcon, OctagonAlert, TriangleAlert } from 'lucide-react'

export type Meaning = 'success' | 'warning' | 'danger' | 'info'

/** The four meanings: never told by colour alone, so each brings its icon. */
export const MEANINGS: Record<Meaning, { icon: LucideIcon; text: string; box: string }> = {
  success: { icon: CircleCheck, text: 'text-success-text', box: 'border-success-line bg-success-surface' },
  warning: { icon: TriangleAlert, text: 'text-warning-text', box: 'border-warning-line bg-warning-surface' },
  danger: { icon: OctagonAlert, text: 'text-danger-text', box: 'border-danger-line bg-danger-surface' },
  info: { icon: Info, text: 'text-info-text', box: 'border-info-line bg-info-surface' },
}
