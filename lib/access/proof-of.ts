import type { PersonActor } from '@/lib/context/context'

/** When the person last proved who they are: at sign-in, or in a step-up after it. */
export function provedAt({ authTime, steppedUpAt }: Pick<PersonActor, 'authTime' | 'steppedUpAt'>): Date {
  return steppedUpAt !== null && steppedUpAt > authTime ? steppedUpAt : authTime
}

/** The one SCA that an act rests on: `amr` is of the proof that `at` is of, never of another. */
export function proofOf(actor: Pick<PersonActor, 'authTime' | 'amr' | 'steppedUpAt' | 'steppedUpAmr'>): {
  at: Date
  amr: string[]
} {
  const at = provedAt(actor)
  // A session that stepped up in the release before does not know by what: then nothing is claimed.
  return { at, amr: at === actor.authTime ? actor.amr : (actor.steppedUpAmr ?? []) }
}
