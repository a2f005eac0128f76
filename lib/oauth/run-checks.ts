/** One rule of an endpoint: passes in silence or throws with the exact reason in `detail`. */
export type Check<State> = (state: State) => void | Promise<void>

/** Runs the checks in their order; the first that fails decides. */
export async function runChecks<State>(checks: readonly Check<State>[], state: State): Promise<void> {
  for (const check of checks) {
    const pending = check(state)
    // Waiting for what is done already would cost each request a turn per check.
    if (pending) await pending
  }
}
