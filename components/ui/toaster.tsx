'use client'

import { X } from 'lucide-react'
import { useEffect, useSyncExternalStore } from 'react'
import { MEANINGS } from './meanings'
import { mergeClasses } from './merge-classes'
import { dismissToast, getToasts, type Toast, watchToasts } from './toast'

const NONE: readonly Toast[] = []
const SHOWN_MS = 8000

/**
 * Once, in the root layout. Our own and not a package's, because those write a <style> element at run time, which the
 * content security policy forbids.
 */
export function Toaster({ dismissLabel = 'Dismiss' }: { dismissLabel?: string }) {
  const toasts = useSyncExternalStore(watchToasts, getToasts, () => NONE)
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-end gap-2 sm:left-auto sm:w-96"
    >
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} dismissLabel={dismissLabel} />
      ))}
    </div>
  )
}

function ToastCard({ toast, dismissLabel }: { toast: Toast; dismissLabel: string }) {
  const { icon: Icon, text } = MEANINGS[toast.meaning]
  useEffect(() => {
    const timer = setTimeout(() => dismissToast(toast.id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [toast.id])
  return (
    <div className="pointer-events-auto flex w-full items-start gap-3 rounded-md border border-line bg-surface p-3 shadow-overlay enter">
      <Icon aria-hidden className={mergeClasses('mt-0.5 size-4 shrink-0', text)} />
      <p className="min-w-0 flex-1">{toast.message}</p>
      <button
        type="button"
        aria-label={dismissLabel}
        onClick={() => dismissToast(toast.id)}
        className="-m-1 rounded-sm p-1 text-muted hover:text-ink"
      >
        <X aria-hidden className="size-4" />
      </button>
    </div>
  )
}
