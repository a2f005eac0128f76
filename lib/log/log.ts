import pino from 'pino'

const KEY = Symbol.for('countersign.log')
type Holder = { [KEY]?: pino.Logger }

/** One JSON line per event on stdout. Secrets never reach it: callers log ids, hints and reasons. */
export function log(): pino.Logger {
  const holder = globalThis as Holder
  holder[KEY] ??= pino({
    level: process.env.LOG_LEVEL ?? (process.env.VITEST ? 'silent' : 'info'),
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['*.password', '*.client_secret', '*.refresh_token', '*.access_token', '*.token'],
      censor: '[hidden]',
    },
  })
  return holder[KEY]
}
