/** What a form's action answers. Client-safe; never holds a password or a code that was submitted. */
export type FormState<T = undefined> =
  | { status: 'idle' }
  | { status: 'invalid'; message: string; fieldErrors: Record<string, string[]>; values: Record<string, string> }
  /** `isWhole`: `values` is all that was submitted; nothing of it is kept back. */
  | { status: 'step-up'; values: Record<string, string>; isWhole: boolean }
  /** Only to a form that asks to be told; others are led to the sign-in. */
  | { status: 'signed-out'; signIn: string }
  | { status: 'done'; result: T }

export const IDLE = { status: 'idle' } as const

/** A field by which a form asks to be told that its person is signed out, so that it can keep what was typed. */
export const TELL_SIGNED_OUT = 'tell-signed-out'

/** A field of a form that is neither React's own nor that one. */
export function isOfPerson(name: string): boolean {
  return !name.startsWith('$ACTION') && name !== TELL_SIGNED_OUT
}

/** What was typed, for `defaultValue` after an error. */
export function valuesOf(state: FormState<unknown>): Record<string, string> {
  return state.status === 'invalid' || state.status === 'step-up' ? state.values : {}
}

export function fieldErrorsOf(state: FormState<unknown>): Record<string, string[]> {
  return state.status === 'invalid' ? state.fieldErrors : {}
}
