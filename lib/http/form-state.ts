/** What a form's action answers. Client-safe; never holds a password or a code that was submitted. */
export type FormState<T = undefined> =
  | { status: 'idle' }
  | { status: 'invalid'; message: string; fieldErrors: Record<string, string[]>; values: Record<string, string> }
  | { status: 'step-up'; values: Record<string, string> }
  | { status: 'done'; result: T }

export const IDLE = { status: 'idle' } as const

/** What was typed, for `defaultValue` after an error. */
export function valuesOf(state: FormState<unknown>): Record<string, string> {
  return state.status === 'invalid' || state.status === 'step-up' ? state.values : {}
}

export function fieldErrorsOf(state: FormState<unknown>): Record<string, string[]> {
  return state.status === 'invalid' ? state.fieldErrors : {}
}
