import { z } from 'zod'
import { type KeyRing, parseKeyRing } from '@/lib/core/seal'

const port = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .transform(Number)
    .refine((value) => value <= 65_535, 'must be a port number')
    .default(fallback)
const flag = z.enum(['0', '1'], { error: 'must be 0 or 1' }).transform((value) => value === '1')
const origin = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((value) => new URL(value))
  .refine((value) => value.pathname === '/' && !value.search && !value.hash && !value.username, {
    error: 'must be an origin: no path, query or user',
  })

const Variables = z.object({
  HOST: z.string().min(1).optional(),
  PORT: port(3000),
  TLS_PORT: port(3443),
  MTLS_PORT: port(3444),
  PUBLIC_URL: origin.optional(),
  RP_ID: z.string().min(1).optional(),
  API_URL: origin.optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  SECRET_KEY: z
    .string()
    .transform((value, context) => {
      try {
        return parseKeyRing(value)
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message })
        return z.NEVER
      }
    })
    .optional(),
  TLS_CERT_FILE: z.string().min(1).optional(),
  TLS_KEY_FILE: z.string().min(1).optional(),
  TRUSTED_PROXY_SECRET: z.string().min(16, 'must have 16 characters or more').optional(),
  OUTBOUND_ALLOW: z
    .string()
    .default('')
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .refine(
      (entries) => entries.every((entry) => /^(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}$/i.test(entry)),
      'must be host:port, separated by commas',
    ),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// URL' }).optional(),
  MAIL_FROM: z.string().min(3).optional(),
  SMS_WEBHOOK_URL: z.url({ protocol: /^https$/, error: 'must be an https URL' }).optional(),
  DEMO: flag.optional(),
  DEMO_PASSWORD: z.string().min(12, 'must have 12 characters or more').optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  METRICS_TOKEN: z.string().min(1).optional(),
  WORKERS: z
    .string()
    .regex(/^[1-9]\d?$/, 'must be a number from 1 to 99')
    .transform(Number)
    .default(1),
})

export type Env = {
  host: string
  port: number
  tlsPort: number
  mtlsPort: number
  publicUrl: URL
  rpId: string
  apiUrl: URL
  databaseUrl: string | null
  dataDir: string
  secretKeys: KeyRing
  tlsCertFile: string | null
  tlsKeyFile: string | null
  trustedProxySecret: string | null
  outboundAllow: readonly string[]
  smtpUrl: string | null
  mailFrom: string
  smsWebhookUrl: string | null
  demo: boolean
  demoPassword: string | null
  logLevel: string
  metricsToken: string | null
  workers: number
}

/** Every problem of the environment at once, one line each. Values are never repeated: some are secrets. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError'
  readonly problems: string[]
  constructor(problems: string[]) {
    super(
      `The environment has ${problems.length === 1 ? 'a problem' : 'problems'}:\n${problems.map((p) => `  ${p}`).join('\n')}`,
    )
    this.problems = problems
  }
}

/** What one variable demands of another; told together with what each is by itself. */
function togetherProblems(given: Record<string, string | undefined>): string[] {
  const problems: string[] = []
  if (given.DATABASE_URL && !given.SECRET_KEY) problems.push('SECRET_KEY: is required with DATABASE_URL')
  if (given.SMTP_URL && !given.MAIL_FROM) problems.push('MAIL_FROM: is required with SMTP_URL')
  if (Boolean(given.TLS_CERT_FILE) !== Boolean(given.TLS_KEY_FILE)) {
    const missing = given.TLS_CERT_FILE ? 'TLS_KEY_FILE' : 'TLS_CERT_FILE'
    problems.push(`${missing}: TLS_CERT_FILE and TLS_KEY_FILE go together`)
  }
  if (sharesAuthority(given)) problems.push('API_URL: must have another host or port than PUBLIC_URL')
  if (given.RP_ID && given.PUBLIC_URL && URL.canParse(given.PUBLIC_URL)) {
    // WebAuthn §5.1.2: the relying party's id is the origin's host or a registrable suffix of it.
    const { hostname } = new URL(given.PUBLIC_URL)
    if (hostname !== given.RP_ID && !hostname.endsWith(`.${given.RP_ID}`)) {
      problems.push("RP_ID: must be PUBLIC_URL's host or a suffix of it, or no passkey will work")
    }
  }
  return problems
}

/** A request says its host and port, no more: with one for both nothing would tell the 1-way host from the 2-way host. */
function sharesAuthority({
  PUBLIC_URL,
  API_URL,
  PORT = '3000',
  MTLS_PORT = '3444',
}: Record<string, string | undefined>): boolean {
  if (PUBLIC_URL === undefined && API_URL === undefined) return false
  const [first, second] = [PUBLIC_URL ?? `http://localhost:${PORT}`, API_URL ?? `https://localhost:${MTLS_PORT}`]
  return URL.canParse(first) && URL.canParse(second) && new URL(first).host === new URL(second).host
}

/** What only a process that listens demands: a command beside it needs neither ports nor certificates. */
function listeningProblems(value: z.infer<typeof Variables>, demo: boolean): string[] {
  const problems: string[] = []
  if (!demo && !value.TLS_CERT_FILE && !value.TRUSTED_PROXY_SECRET) {
    problems.push('TLS_CERT_FILE: is required with TLS_KEY_FILE outside demo mode, or TRUSTED_PROXY_SECRET')
  }
  // 0 is any free port, never the same one twice.
  const ports = { PORT: value.PORT, TLS_PORT: value.TLS_PORT, MTLS_PORT: value.MTLS_PORT }
  for (const [name, port] of Object.entries(ports)) {
    const first = Object.entries(ports).find(([, other]) => other === port)?.[0]
    if (port !== 0 && first !== name) problems.push(`${name}: must not be the same as ${first}`)
  }
  return problems
}

/** Reads the variables of contract.md, Environment. An empty value counts as none. @throws EnvironmentError */
export function parseEnvironment(
  variables: Record<string, string | undefined>,
  purpose: 'server' | 'command' = 'command',
): Env {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''))
  const result = Variables.safeParse(given)
  const single = result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  const problems = [...single, ...togetherProblems(given)]
  const demo = result.success && (result.data.DEMO ?? result.data.DATABASE_URL === undefined)
  if (result.success && purpose === 'server') problems.push(...listeningProblems(result.data, demo))
  if (!result.success || problems.length > 0) throw new EnvironmentError(problems)
  const value = result.data
  const publicUrl = value.PUBLIC_URL ?? new URL(`http://localhost:${value.PORT}`)
  return {
    host: value.HOST ?? (demo ? '127.0.0.1' : '::'),
    port: value.PORT,
    tlsPort: value.TLS_PORT,
    mtlsPort: value.MTLS_PORT,
    publicUrl,
    rpId: value.RP_ID ?? publicUrl.hostname,
    apiUrl: value.API_URL ?? new URL(`https://localhost:${value.MTLS_PORT}`),
    databaseUrl: value.DATABASE_URL ?? null,
    dataDir: value.DATA_DIR,
    secretKeys: value.SECRET_KEY ?? [],
    tlsCertFile: value.TLS_CERT_FILE ?? null,
    tlsKeyFile: value.TLS_KEY_FILE ?? null,
    trustedProxySecret: value.TRUSTED_PROXY_SECRET ?? null,
    outboundAllow: value.OUTBOUND_ALLOW,
    smtpUrl: value.SMTP_URL ?? null,
    mailFrom: value.MAIL_FROM ?? 'Countersign <no-reply@demo.test>',
    smsWebhookUrl: value.SMS_WEBHOOK_URL ?? null,
    demo,
    demoPassword: value.DEMO_PASSWORD ?? null,
    logLevel: value.LOG_LEVEL,
    metricsToken: value.METRICS_TOKEN ?? null,
    workers: value.WORKERS,
  }
}

const KEY = Symbol.for('countersign.env')
type Holder = { [KEY]?: Env }

/** The environment, parsed at its first use so that a build needs none, and once per process for both roads. */
export function env(): Env {
  const holder = globalThis as Holder
  holder[KEY] ??= parseEnvironment(process.env)
  return holder[KEY]
}
