export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export function addMs(date: Date, ms: number): Date {
  return new Date(date.getTime() + ms)
}

export function addDays(date: Date, days: number): Date {
  return addMs(date, days * DAY)
}

/** Whole seconds from `now` until `date`, rounded up, never below zero. */
export function secondsUntil(date: Date, now: Date): number {
  return Math.max(0, Math.ceil((date.getTime() - now.getTime()) / SECOND))
}
