import { type RefObject, useEffect, useRef, useState } from 'react'
import { useHydrated } from '@/components/use-hydrated'
import { type FormState, TELL_SIGNED_OUT } from '@/lib/http/form-state'

const NEVER_KEPT = /password|code|secret|token/i

export type Draft = {
  /** Hidden fields: without scripts there are none, and the server leads to the sign-in by itself. */
  fields: Record<string, string>
  /** What was typed before a sign-in in between is in the form again, and was not sent. */
  isRestored: boolean
}

/**
 * When the session has ended by the time that a form is sent, keeps what was typed for this tab, leads to the sign-in, and
 * puts it back once the person has come back. Passwords, codes and files are not kept.
 */
export function useDraft(form: RefObject<HTMLFormElement | null>, state: FormState<unknown>): Draft {
  const hydrated = useHydrated()
  const submitted = useRef<Record<string, string>>({})
  const [isRestored, setRestored] = useState(false)

  useEffect(() => {
    const element = form.current
    if (!element) return
    setRestored(restore(element))
    const keep = () => {
      submitted.current = typedInto(element)
    }
    element.addEventListener('submit', keep, { capture: true })
    return () => element.removeEventListener('submit', keep, { capture: true })
  }, [form])

  useEffect(() => {
    if (state.status !== 'signed-out' || !form.current) return
    sessionStorage.setItem(nameOf(form.current), JSON.stringify(submitted.current))
    location.assign(state.signIn)
  }, [form, state])

  return { fields: hydrated ? { [TELL_SIGNED_OUT]: '1' } : {}, isRestored }
}

function controlsOf(form: HTMLFormElement): HTMLInputElement[] {
  const all = [...form.elements] as HTMLInputElement[]
  return all.filter(({ name, type }) => name && !['hidden', 'file', 'submit', 'button', 'password'].includes(type))
}

/** What is being submitted, which after a proof in between is not what the emptied fields say. */
function typedInto(form: HTMLFormElement): Record<string, string> {
  const names = new Set(controlsOf(form).map(({ name }) => name))
  const typed = [...new FormData(form)].filter(([name]) => names.has(name) && !NEVER_KEPT.test(name))
  return Object.fromEntries(typed.map(([name, value]) => [name, String(value)]))
}

function restore(form: HTMLFormElement): boolean {
  const name = nameOf(form)
  const kept = sessionStorage.getItem(name)
  if (kept === null) return false
  sessionStorage.removeItem(name)
  const values = JSON.parse(kept) as Record<string, string>
  for (const control of controlsOf(form)) {
    const value = values[control.name]
    if (['radio', 'checkbox'].includes(control.type)) control.checked = value === control.value
    else if (value !== undefined) control.value = value
  }
  return true
}

/** A page may have several forms: they are told apart by their fields. */
function nameOf(form: HTMLFormElement): string {
  const fields = new Set(controlsOf(form).map(({ name }) => name))
  return `draft ${location.pathname} ${[...fields].sort().join(' ')}`
}
