import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { z } from 'zod'
import type { Context, PersonActor } from '@/lib/context/context'
import { isDomainError } from '@/lib/core/errors'
import { log } from '@/lib/log/log'
import { isConnectionFailure } from '@/lib/oauth/batch'
import type { Area } from '@/lib/session/current-session'
import { findPageContext, pageContext, signInPath } from '@/lib/session/page-context'
import { requestContext } from '@/lib/session/request-context'
import { type FormState, isOfPerson, TELL_SIGNED_OUT } from './form-state'
import { translateError, translateMessages } from './translate-error'

type Verb<A extends Context, Input, T> = (ctx: A, input: Input) => Promise<T>
type Options<A extends Context, T> = {
  /** Called after success. A path that it returns is where the person goes next. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a callback that says nothing returns void
  onDone?: (result: T, ctx: A) => string | void | Promise<string | void>
}
type Action<T> = (previous: FormState<T>, form: FormData) => Promise<FormState<T>>

/**
 * A server action for a form of a signed-in person: who acts, parsing, the verb, refusals as form state in the reader's
 * language. The verb authorizes; this only says who asks. After success the page's data are read anew.
 */
export function formAction<S extends z.ZodType, T>(
  schema: S,
  verb: Verb<Context<PersonActor>, z.output<S>, T>,
  options: Options<Context<PersonActor>, T> & { area: Area },
): Action<T> {
  return keepingWhatWasTyped(async (_previous, form) => {
    const found = form.has(TELL_SIGNED_OUT) ? await findPageContext(options.area) : await pageContext(options.area)
    if (found === null) return { status: 'signed-out', signIn: await signInPath() }
    return runForm(schema, verb, options, found.ctx, form)
  })
}

/** The same for forms that need no session: sign-in, sign-up, recovery. */
export function publicFormAction<S extends z.ZodType, T>(
  schema: S,
  verb: Verb<Context, z.output<S>, T>,
  options: Options<Context, T> = {},
): Action<T> {
  return keepingWhatWasTyped(async (_previous, form) => {
    const ctx = await requestContext({ kind: 'anonymous' } as const)
    return runForm(schema, verb, options, ctx, form)
  })
}

/** While the database is away the form stays, with what was typed; the error page in its place would lose that. */
function keepingWhatWasTyped<T>(action: Action<T>): Action<T> {
  return async (previous, form) => {
    try {
      return await action(previous, form)
    } catch (error) {
      if (!isConnectionFailure(error)) throw error
      log().error({ err: error }, 'a form was sent while the database was away')
      const t = await getTranslations('Errors')
      return { status: 'invalid', message: t('database-away'), fieldErrors: {}, values: keepValues(readForm(form)) }
    }
  }
}

async function runForm<A extends Context, S extends z.ZodType, T>(
  schema: S,
  verb: Verb<A, z.output<S>, T>,
  options: Options<A, T>,
  ctx: A,
  form: FormData,
): Promise<FormState<T>> {
  const input = readForm(form)
  const values = keepValues(input)
  const parsed = schema.safeParse(input)
  if (!parsed.success) return describeInvalid(parsed.error, values)

  let result: T
  let next: string | undefined
  try {
    result = await verb(ctx, parsed.data)
    next = (await options.onDone?.(result, ctx)) ?? undefined
  } catch (error) {
    if (isDomainError(error) && error.reason === 'step-up-required') {
      return {
        status: 'step-up',
        values,
        isWhole: Object.entries(input).every(([name, one]) => name in values || isEmpty(one)),
      }
    }
    return refuse(error, ctx, values)
  }
  if (next) redirect(next)
  refresh()
  return { status: 'done', result }
}

/** A field that comes more than once is a list; what React adds for itself is left out. */
function readForm(form: FormData): Record<string, unknown> {
  const names = [...new Set(form.keys())].filter(isOfPerson)
  return Object.fromEntries(
    names.map((name) => {
      const all = form.getAll(name)
      return [name, all.length > 1 ? all : all[0]]
    }),
  )
}

const NEVER_ECHOED = /password|code|secret|token|response|assertion|number|chain|publickey/i
/** Names of things, and what is to become of tokens. */
const ECHOED_ALL_THE_SAME = /Id$|^keepsTokens$/

/** Of a field that comes more than once, each value on a line. */
function keepValues(input: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(input)
      .filter(([name]) => ECHOED_ALL_THE_SAME.test(name) || !NEVER_ECHOED.test(name))
      .map(([name, value]) => [name, [value].flat()] as const)
      .filter((entry): entry is readonly [string, string[]] => entry[1].every((one) => typeof one === 'string'))
      .map(([name, values]) => [name, values.join('\n')]),
  )
}

function isEmpty(value: unknown): boolean {
  return value === '' || (value instanceof File && value.size === 0)
}

async function describeInvalid(error: z.ZodError, values: Record<string, string>): Promise<FormState<never>> {
  const { formErrors, fieldErrors } = z.flattenError(error)
  const t = await getTranslations('Errors')
  return {
    status: 'invalid',
    message: formErrors[0] ?? t('form-invalid'),
    fieldErrors: await translateMessages(fieldErrors as Record<string, string[]>),
    values,
  }
}

async function refuse(error: unknown, ctx: Context, values: Record<string, string>): Promise<FormState<never>> {
  if (!isDomainError(error)) throw error // a redirect of Next, or a fault: the error page shows the request id
  log().info({ requestId: ctx.requestId, reason: error.reason, detail: error.detail }, 'form refused')
  const message = await translateError(error)
  return error.field
    ? { status: 'invalid', message: '', fieldErrors: { [error.field]: [message] }, values }
    : { status: 'invalid', message, fieldErrors: {}, values }
}
