import type { ReactNode } from 'react'
import type { Meaning } from '@/components/ui/meanings'
import { MEANINGS } from '@/components/ui/meanings'
import { mergeClasses } from '@/components/ui/merge-classes'

export type WalletMessageProps = {
  icon?: ReactNode
  meaning?: Meaning
  title: string
  /** `alert` where it takes the place of something that was there. */
  role?: 'alert' | 'status'
  children: ReactNode
}

/** A screen of the wallet that says one thing. */
export function WalletMessage({ icon, meaning, title, role, children }: WalletMessageProps) {
  const look = meaning ? MEANINGS[meaning] : null
  return (
    <div role={role} className="flex flex-col gap-4 pt-[8vh]">
      <span
        className={mergeClasses(
          'flex size-14 items-center justify-center rounded-md border [&_svg]:size-7',
          look ? `${look.box} ${look.text}` : 'border-line bg-surface text-muted',
        )}
      >
        {icon ?? (look ? <look.icon aria-hidden /> : null)}
      </span>
      <h1 className="text-h2 break-words">{title}</h1>
      <div className="flex flex-col gap-3 text-lead text-muted">{children}</div>
    </div>
  )
}
