/** What went wrong, in the only vocabulary that domain code has. `kind` decides the HTTP status (lib/http/problem.ts). */
export const ERROR_KINDS = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'gone',
  'rate-limited',
  'unavailable',
] as const
export type ErrorKind = (typeof ERROR_KINDS)[number]

type Details = {
  /** For the log only, never shown. */
  detail?: string
  /** Which input member is at fault, where one is. */
  field?: string
  retryAfterSeconds?: number
  cause?: unknown
}

/**
 * An outcome that stops a verb. `reason` is a stable machine code (`step-up-required`); `message` is a sentence that the
 * person or client may read and that ends in what to do. Told apart by `kind`, not by `instanceof`: the two roads have
 * separate module graphs.
 */
export class DomainError extends Error {
  override name = 'DomainError'
  readonly kind: ErrorKind
  readonly reason: string
  readonly detail: string | undefined
  readonly field: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(kind: ErrorKind, reason: string, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.kind = kind
    this.reason = reason
    this.detail = details.detail
    this.field = details.field
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

/** True for a DomainError of either module graph. */
export function isDomainError(error: unknown): error is DomainError {
  return (
    error instanceof Error &&
    error.name === 'DomainError' &&
    'kind' in error &&
    (ERROR_KINDS as readonly unknown[]).includes(error.kind)
  )
}

/** What `act` is refused with, as a value: to commit what a transaction writes of a refusal before it is thrown. */
export async function orRefusal<T>(act: Promise<T>): Promise<T | DomainError> {
  try {
    return await act
  } catch (error) {
    if (isDomainError(error)) return error
    throw error
  }
}

/** The one answer for what is missing and for what belongs to somebody else. */
export function notFound(detail: string): DomainError {
  return new DomainError('not-found', 'not-found', 'There is nothing here, or it is not yours to see.', { detail })
}

export function invalid(field: string | undefined, reason: string, message: string): DomainError {
  return new DomainError('invalid', reason, message, field === undefined ? {} : { field })
}

export function conflict(reason: string, message: string, detail?: string): DomainError {
  return new DomainError('conflict', reason, message, detail === undefined ? {} : { detail })
}

export function forbidden(reason: string, message: string, detail?: string): DomainError {
  return new DomainError('forbidden', reason, message, detail === undefined ? {} : { detail })
}

/** Ends the process's belief in itself: a programmer's error, answered with 500. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`)
}
