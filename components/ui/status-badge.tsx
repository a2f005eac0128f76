import {
  Ban,
  CalendarClock,
  CircleCheck,
  CirclePause,
  CircleSlash,
  CircleX,
  ClockAlert,
  Hourglass,
  type LucideIcon,
  Replace,
  Smartphone,
  TimerOff,
  Undo2,
} from 'lucide-react'
import { Badge, type BadgeMeaning } from './badge'

export const STATUSES = [
  'waiting',
  'imported',
  'granted',
  'refused',
  'cancelled',
  'expired',
  'revoked',
  'active',
  'suspended',
  'ending',
  'scheduled',
  'superseded',
  'pending-review',
] as const

export type Status = (typeof STATUSES)[number]

const LOOKS: Record<Status, { icon: LucideIcon; meaning: BadgeMeaning; word: string }> = {
  waiting: { icon: Hourglass, meaning: 'info', word: 'Waiting' },
  imported: { icon: Smartphone, meaning: 'info', word: 'Imported' },
  granted: { icon: CircleCheck, meaning: 'success', word: 'Granted' },
  refused: { icon: CircleX, meaning: 'danger', word: 'Refused' },
  cancelled: { icon: Undo2, meaning: 'neutral', word: 'Cancelled' },
  expired: { icon: TimerOff, meaning: 'neutral', word: 'Expired' },
  revoked: { icon: Ban, meaning: 'neutral', word: 'Revoked' },
  active: { icon: CircleCheck, meaning: 'success', word: 'Active' },
  suspended: { icon: CirclePause, meaning: 'warning', word: 'Suspended' },
  ending: { icon: ClockAlert, meaning: 'warning', word: 'Ending' },
  scheduled: { icon: CalendarClock, meaning: 'info', word: 'Scheduled' },
  superseded: { icon: Replace, meaning: 'neutral', word: 'Superseded' },
  'pending-review': { icon: Hourglass, meaning: 'info', word: 'Pending review' },
}

export type StatusBadgeProps = {
  /** Lower or upper case, as on the wire; a word that is not in the list stays neutral. */
  status: string
  /** Translated word; English from the glossary otherwise. */
  label?: string
}

export function StatusBadge({ status, label }: StatusBadgeProps) {
  const look = LOOKS[status.toLowerCase() as Status] ?? { icon: CircleSlash, meaning: 'neutral', word: status }
  const Icon = look.icon
  return (
    <Badge meaning={look.meaning}>
      <Icon aria-hidden />
      {label ?? look.word}
    </Badge>
  )
}
