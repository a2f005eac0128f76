import type { Meaning } from './meanings'

export type Toast = { id: number; meaning: Meaning; message: string }

let toasts: readonly Toast[] = []
let lastId = 0
const watchers = new Set<() => void>()

/** Only for what finished elsewhere: what happened here is said where the person looks. */
export function showToast(message: string, meaning: Meaning = 'info') {
  lastId += 1
  replace([...toasts, { id: lastId, meaning, message }])
}

export function dismissToast(id: number) {
  replace(toasts.filter((toast) => toast.id !== id))
}

export function getToasts(): readonly Toast[] {
  return toasts
}

export function watchToasts(changed: () => void) {
  watchers.add(changed)
  return () => {
    watchers.delete(changed)
  }
}

function replace(next: readonly Toast[]) {
  toasts = next
  for (const changed of watchers) changed()
}
