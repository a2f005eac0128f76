'use client'

import { X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { Button, type ButtonStyle } from './button'
import { invoker } from './invoker'
import { mergeClasses } from './merge-classes'

export type SheetProps = {
  /** Id of the dialog, once per page. */
  id: string
  /** Name of the sheet, and its heading. */
  label: string
  /** What the opening button shows. */
  trigger: ReactNode
  /** Accessible name of the opening button, where `trigger` is only an icon. */
  triggerLabel?: string
  triggerVariant?: ButtonStyle['variant']
  closeLabel?: string
  side?: 'left' | 'right' | 'bottom'
  children: ReactNode
}

const SIDES = {
  left: 'mr-auto ml-0 h-dvh max-h-dvh w-[min(20rem,calc(100vw-3rem))] border-r',
  right: 'mr-0 ml-auto h-dvh max-h-dvh w-[min(28rem,calc(100vw-3rem))] border-l',
  bottom: 'mt-auto mb-0 max-h-[85dvh] w-full max-w-full rounded-t-md border-t',
}

/** A modal panel at an edge. Escape, a press beside it, the cross and any link inside close it. */
export function Sheet({
  id,
  label,
  trigger,
  triggerLabel,
  triggerVariant = 'ghost',
  closeLabel = 'Close',
  side = 'left',
  children,
}: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  return (
    <>
      <Button
        variant={triggerVariant}
        aria-label={triggerLabel}
        aria-haspopup="dialog"
        onClick={(event) => {
          event.preventDefault() // of the button's own command, which serves where scripts have not loaded
          if (!dialog.current?.open) dialog.current?.showModal()
        }}
        {...invoker('show-modal', id)}
      >
        {trigger}
      </Button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link inside is a click too */}
      <dialog
        ref={dialog}
        id={id}
        aria-label={label}
        closedby="any"
        onClick={(event) => (event.target as Element).closest('a[href]') && dialog.current?.close()}
        className={mergeClasses('border-line bg-surface p-0 text-ink shadow-overlay open:enter', SIDES[side])}
      >
        <div className="flex min-h-full flex-col">
          <div className="flex items-center justify-between gap-4 border-b border-line py-2 pr-2 pl-4">
            <p className="font-semibold">{label}</p>
            <Button
              variant="ghost"
              aria-label={closeLabel}
              onClick={(event) => {
                event.preventDefault()
                dialog.current?.close()
              }}
              {...invoker('close', id)}
            >
              <X aria-hidden />
            </Button>
          </div>
          <div className="flex flex-1 flex-col p-4">{children}</div>
        </div>
      </dialog>
    </>
  )
}
