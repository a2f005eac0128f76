import { z } from 'zod'
import { seedDemo } from '@/db/seed'
import { getApplication } from '@/lib/applications/get-application'
import { registerApplicationByOperator } from '@/lib/applications/register-application'
import { PROFILES, RegisterByOperatorInput } from '@/lib/applications/schema'
import { resumeApplication, suspendApplication } from '@/lib/applications/suspend-application'
import { verifyAudit } from '@/lib/audit/verify-audit'
import { grantConnectionByOperator } from '@/lib/connections/grant-connection-by-operator'
import { revokeConnection } from '@/lib/connections/revoke-connection'
import type { Context } from '@/lib/context/context'
import { forbidden, invalid } from '@/lib/core/errors'
import { createCore } from '@/lib/credentials/create-core'
import { listSecrets } from '@/lib/credentials/list-secrets'
import { makeSecret } from '@/lib/credentials/make-secret'
import { revokeSecret } from '@/lib/credentials/revoke-secret'
import { CreateCoreInput } from '@/lib/credentials/schema'
import { getOwnedBusiness } from '@/lib/customers/get-owned-business'
import { env } from '@/lib/env/env'
import { createOperator } from '@/lib/people/create-operator'

export type Option = {
  /** Stands for the value in the help. */
  value: string
  required?: true
  /** May be given more than once. */
  multiple?: true
  /** The only values there are. */
  among?: readonly string[]
}

export type Given = {
  /** The one operand, where the command has one. */
  operand: string
  options: Record<string, string | undefined>
  lists: Record<string, string[] | undefined>
}

export type Command = {
  /** The words before the options: `application create`. */
  name: string
  purpose: string
  operand?: string
  options: Record<string, Option>
  /** What is printed with `--json`, as contract.md fixes it. */
  run(ctx: Context, given: Given): Promise<unknown>
  /** Whether a result is a refusal all the same. */
  fails?(result: unknown): boolean
}

const application: Option = { value: 'ID', required: true }

export const COMMANDS: Command[] = [
  {
    name: 'demo',
    purpose: 'The demo people with their sign-ins and accounts',
    options: {},
    async run(ctx) {
      if (!env().demo) throw forbidden('demo-off', 'Demo mode is off here: there are no demo people.')
      return seedDemo(ctx.db)
    },
  },
  {
    name: 'operator create',
    purpose: 'Make a person an operator, and the person if there is none',
    options: { email: { value: 'EMAIL', required: true } },
    async run(ctx, { options }) {
      const { email } = parse(z.object({ email: z.email('is not an e-mail address').max(254) }), options)
      const made = await createOperator(ctx, { email })
      return { person_id: made.personId, email: made.email, password: made.password }
    },
  },
  {
    name: 'core create',
    purpose: 'Make a resource server of the institution',
    options: { name: { value: 'NAME', required: true } },
    async run(ctx, { options }) {
      const made = await createCore(ctx, parse(CreateCoreInput, options))
      return { client_id: made.clientId, client_secret: made.clientSecret }
    },
  },
  {
    name: 'application create',
    purpose: 'Register an application of a business, with its first secret',
    options: {
      owner: { value: 'EMAIL', required: true },
      name: { value: 'NAME', required: true },
      customer: { value: 'NAME' },
      profile: { value: PROFILES.join('|'), among: PROFILES },
      callback: { value: 'URL', multiple: true },
      scope: { value: '"SCOPE …"' },
      environment: { value: 'sandbox', among: ['sandbox'] },
    },
    run: createApplication,
  },
  {
    name: 'application suspend',
    purpose: 'Stop everything of an application at once',
    operand: 'ID',
    options: { reason: { value: 'TEXT' } },
    async run(ctx, { operand, options }) {
      const done = await suspendApplication(ctx, { applicationId: operand, reason: options.reason?.slice(0, 200) })
      return { application_id: done.applicationId, suspended: done.suspended }
    },
  },
  {
    name: 'application resume',
    purpose: 'Let a suspended application work again',
    operand: 'ID',
    options: {},
    async run(ctx, { operand }) {
      const done = await resumeApplication(ctx, { applicationId: operand })
      return { application_id: done.applicationId, suspended: done.suspended }
    },
  },
  {
    name: 'secret list',
    purpose: 'Secrets of an application, by their hints',
    options: { application, environment: { value: 'sandbox|production', among: ['sandbox', 'production'] } },
    run: listSecretsOf,
  },
  {
    name: 'secret revoke',
    purpose: 'End a secret, and the tokens it minted unless --keep-tokens',
    operand: 'ID',
    options: { 'keep-tokens': { value: '' } },
    async run(ctx, { operand, options }) {
      const keepsTokens = options['keep-tokens'] !== undefined
      const { secretId } = await revokeSecret(ctx, { secretId: operand, keepsTokens })
      return { secret_id: secretId, state: 'revoked', keeps_tokens: keepsTokens }
    },
  },
  {
    name: 'connection grant',
    purpose: 'Connect a sandbox account, without its owner',
    options: { application, account: { value: 'IBAN', required: true } },
    async run(ctx, { options }) {
      const input = { applicationId: options.application ?? '', iban: options.account ?? '' }
      const granted = await grantConnectionByOperator(ctx, input)
      return { connection_id: granted.connectionId, connection_code: granted.connectionCode }
    },
  },
  {
    name: 'connection revoke',
    purpose: 'End a Connection: its code and tokens are dead at once',
    operand: 'ID',
    options: {},
    async run(ctx, { operand }) {
      await revokeConnection(ctx, { connectionId: operand })
      return { connection_id: operand, status: 'REVOKED' }
    },
  },
  {
    name: 'audit verify',
    purpose: 'Check the audit, and name the first broken row',
    options: {},
    run: verifyAudit,
    fails: (result) => !(result as { ok: boolean }).ok,
  },
]

async function createApplication(ctx: Context, { options, lists }: Given): Promise<unknown> {
  const owner = { ownerEmail: options.owner ?? '', name: options.customer }
  const business = await getOwnedBusiness(ctx, owner)
  const input = parse(RegisterByOperatorInput, {
    customerId: business.id,
    name: options.name,
    profile: options.profile,
    callbacks: lists.callback,
    scopes: options.scope?.split(/\s+/).filter(Boolean),
  })
  return ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx }
    const { applicationId, clientId } = await registerApplicationByOperator(within, input)
    const secret = await makeSecret(within, { applicationId, environment: 'sandbox' })
    return { application_id: applicationId, client_id: clientId, client_secret: secret.clientSecret }
  })
}

async function listSecretsOf(ctx: Context, { options }: Given): Promise<unknown> {
  const environment = options.environment === 'production' ? 'production' : 'sandbox'
  const { id } = await getApplication(ctx, { applicationId: options.application ?? '' })
  const secrets = await listSecrets(ctx, { applicationId: id, environment })
  return secrets.map((secret) => ({
    secret_id: secret.id,
    environment,
    hint: secret.hint,
    state: secret.state,
    created_at: secret.createdAt,
    created_by: secret.createdBy,
    last_used_at: secret.lastUsedAt,
    ends_at: secret.endsAt,
    revoked_at: secret.revokedAt,
  }))
}

/** The first problem, named after the option that it is about. */
function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const option = String(issue?.path[0] ?? '').replace(/s$/, '')
  throw invalid(option, 'option-invalid', `--${option}: ${issue?.message}`)
}
