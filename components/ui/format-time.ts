const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const STEPS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['week', 7 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const

/** "4 minutes ago", "in 2 days"; within 45 seconds, "now". */
export function formatRelative(moment: Date, now: Date, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const distance = moment.getTime() - now.getTime()
  const size = Math.abs(distance)
  if (size < 45 * SECOND) return format.format(0, 'second')
  // What is to come is rounded: what was just given seven days ends in seven days, not in six.
  const count = distance > 0 ? Math.round : Math.floor
  const [unit, length] = STEPS.find(([, step]) => count(size / step) >= 1) ?? (['minute', MINUTE] as const)
  return format.format(Math.sign(distance) * Math.max(1, count(size / length)), unit)
}

/** To the second, with its zone. */
export function formatExact(moment: Date, timeZone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    timeZone,
  }).format(moment)
}

/** What is left, in words: minutes while there is more than one left, then seconds. Never below zero. */
export function formatRemaining(milliseconds: number, locale: string): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / SECOND))
  const inMinutes = seconds > 60
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: inMinutes ? 'minute' : 'second',
    unitDisplay: 'long',
  }).format(inMinutes ? Math.ceil(seconds / 60) : seconds)
}
