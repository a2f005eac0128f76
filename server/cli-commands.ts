import { z } from 'zod'
import { seedDemo } from '@/db/seed'
import { changeScopes } from '@/lib/applications/change-scopes'
import { getApplication } from '@/lib/applications/get-application'
import { registerApplicationByOperator } from '@/lib/applications/register-application'
import { ChangeScopesInput, PROFILES, RegisterByOperatorInput } from '@/lib/applications/schema'
import { resumeApplication, suspendApplication } from '@/lib/applications/suspend-application'
import { parseAuditHead, readAuditHead } from '@/lib/audit/read-head'
import { verifyAudit } from '@/lib/audit/verify-audit'
import { addAnchor } from '@/lib/certificates/add-anchor'
import { AddAnchorInput, REVOCATION_REASONS, RevokeChainInput, SubmitChainInput } from '@/lib/certificates/chain-schema'
import { getTrustStoreSpread } from '@/lib/certificates/get-trust-store-spread'
import { listAnchors } from '@/lib/certificates/list-anchors'
import { listChains } from '@/lib/certificates/list-chains'
import { removeAnchor } from '@/lib/certificates/remove-anchor'
import { approveChain, refuseChain } from '@/lib/certificates/review-chain'
import { revokeChain } from '@/lib/certificates/revoke-chain'
import { MAX_BYTES, type WireReport } from '@/lib/certificates/schema'
import { submitChain } from '@/lib/certificates/submit-chain'
import { grantConnectionByOperator } from '@/lib/connections/grant-connection-by-operator'
import { revokeConnection } from '@/lib/connections/revoke-connection'
import type { Context } from '@/lib/context/context'
import { forbidden } from '@/lib/core/errors'
import { createCore } from '@/lib/credentials/create-core'
import { listSecrets } from '@/lib/credentials/list-secrets'
import { makeSecret } from '@/lib/credentials/make-secret'
import { revokeSecret } from '@/lib/credentials/revoke-secret'
import { rotateKey } from '@/lib/credentials/rotate-key'
import { rotateSecret } from '@/lib/credentials/rotate-secret'
import { CreateCoreInput, OVERLAPS, RotateKeyInput, RotateSecretInput } from '@/lib/credentials/schema'
import { getOwnedBusiness } from '@/lib/customers/get-owned-business'
import { importAccounts } from '@/lib/customers/import-accounts'
import { readAccountFile } from '@/lib/customers/read-account-file'
import { env } from '@/lib/env/env'
import { resealKeys } from '@/lib/keys/reseal-keys'
import { createOperator } from '@/lib/people/create-operator'
import { checkFiles } from './cli-certificates'
import { CONSENT_COMMANDS } from './cli-consents'
import { parseOptions, readInput } from './cli-input'
import { PUBLIC_KEY_COMMANDS } from './cli-public-keys'
import { REVOCATION_COMMANDS } from './cli-revocation'
import { readDate } from './read-date'

export type Option = {
  /** Stands for the value in the help. */
  value: string
  required?: true
  /** What is required may still be said to be nothing. */
  mayBeEmpty?: true
  /** May be given more than once. */
  multiple?: true
  /** The only values there are. */
  among?: readonly string[]
}

export type Given = {
  /** The one operand, where the command has one. */
  operand: string
  operands: string[]
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

/** Takes any number of operands and needs no database: prints one line of JSON for each. */
export type OfflineCommand = Pick<Command, 'name' | 'purpose' | 'options'> & {
  operand: string
  check(given: Given): Promise<unknown[]>
  fails(result: unknown): boolean
}

const application: Option = { value: 'ID', required: true }
const oneEnvironment: Option = { value: 'sandbox|production', among: ['sandbox', 'production'] }

export const COMMANDS: (Command | OfflineCommand)[] = [
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
      const { email } = parseOptions(z.object({ email: z.email('is not an e-mail address').max(254) }), options)
      const made = await createOperator(ctx, { email })
      return { person_id: made.personId, email: made.email, password: made.password }
    },
  },
  {
    name: 'core create',
    purpose: 'Make a resource server of the institution',
    options: { name: { value: 'NAME', required: true }, certificate: { value: 'FILE' } },
    async run(ctx, { options }) {
      const certificate = options.certificate === undefined ? {} : { certificate: await readInput(options.certificate) }
      const made = await createCore(ctx, { ...parseOptions(CreateCoreInput, options), ...certificate })
      return { client_id: made.clientId, client_secret: made.clientSecret }
    },
  },
  {
    name: 'account import',
    purpose: 'Take over accounts, their customers and the people who own those, from a CSV file',
    operand: 'FILE',
    options: {},
    async run(ctx, { operand }) {
      const imported = await importAccounts(ctx, readAccountFile(await readInput(operand)))
      return {
        accounts_imported: imported.accounts,
        accounts_unchanged: imported.unchanged,
        customers_created: imported.customers,
        owners_added: imported.owners,
        people_created: imported.people,
      }
    },
  },
  {
    name: 'application create',
    purpose: 'Register an application of a business, with its first secret; for production this is the approval',
    options: {
      owner: { value: 'EMAIL', required: true },
      name: { value: 'NAME', required: true },
      customer: { value: 'NAME' },
      profile: { value: PROFILES.join('|'), among: PROFILES },
      callback: { value: 'URL', multiple: true },
      scope: { value: '"SCOPE …"' },
      environment: oneEnvironment,
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
    name: 'application scopes',
    purpose: 'Set the scopes that an application may ask for; for production this is the approval',
    operand: 'ID',
    options: { scope: { value: '"SCOPE …"', required: true, mayBeEmpty: true }, environment: oneEnvironment },
    async run(ctx, { operand, options }) {
      const scopes = options.scope?.split(/\s+/).filter(Boolean)
      const input = parseOptions(ChangeScopesInput, {
        applicationId: operand,
        environment: options.environment,
        scopes,
      })
      const changed = await changeScopes(ctx, input)
      return {
        application_id: changed.applicationId,
        environment: input.environment,
        scope: changed.scopes.join(' '),
      }
    },
  },
  {
    name: 'secret rotate',
    purpose: 'Make a new secret; the present ones end after the overlap, or once unused for so many hours',
    options: {
      application,
      overlap: { value: OVERLAPS.join('|'), among: OVERLAPS },
      unused: { value: 'HOURS' },
      environment: oneEnvironment,
    },
    run: rotateSecretOf,
  },
  {
    name: 'secret list',
    purpose: 'Secrets of an application, by their hints',
    options: { application, environment: oneEnvironment },
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
    name: 'key rotate',
    purpose: 'Give an application a new key; the present one answers beside it until the overlap is over',
    options: {
      application,
      overlap: { value: OVERLAPS.join('|'), among: OVERLAPS },
      environment: oneEnvironment,
    },
    run: rotateKeyOf,
  },
  ...PUBLIC_KEY_COMMANDS,
  {
    name: 'certificate check',
    purpose: 'Check chains of certificates, offline: one JSON report per line',
    operand: 'FILE',
    options: { anchor: { value: 'FILE', multiple: true }, at: { value: 'DATE' } },
    check: checkFiles,
    fails: (report) => (report as WireReport).verdict !== 'accept',
  },
  {
    name: 'certificate submit',
    purpose: 'Check a chain and store it for an application: active at once, or pending review',
    operand: 'FILE',
    options: { application, environment: oneEnvironment, start: { value: 'DATE' }, 'replace-at': { value: 'DATE' } },
    run: submitChainOf,
    fails: (result) => (result as { certificate_id: string | null }).certificate_id === null,
  },
  {
    name: 'certificate list',
    purpose: 'Certificate chains of an application, with their states',
    options: { application, environment: oneEnvironment },
    async run(ctx, { options }) {
      const environment = options.environment === 'production' ? 'production' : 'sandbox'
      const chains = await listChains(ctx, { applicationId: options.application ?? '', environment })
      return chains.map((chain) => ({
        certificate_id: chain.id,
        state: chain.state,
        subject: chain.subject,
        sha256: chain.sha256,
        submitted_at: chain.submittedAt,
        starts_at: chain.startsAt,
        ends_at: chain.endsAt,
        not_after: chain.notAfter,
      }))
    },
  },
  {
    name: 'certificate approve',
    purpose: 'Accept a chain that waits for review, once its root is an anchor',
    operand: 'ID',
    options: {},
    async run(ctx, { operand }) {
      const { certificateId, state } = await approveChain(ctx, { certificateId: operand })
      return { certificate_id: certificateId, state }
    },
  },
  {
    name: 'certificate refuse',
    purpose: 'Refuse a chain that waits for review',
    operand: 'ID',
    options: {},
    async run(ctx, { operand }) {
      const { certificateId, state } = await refuseChain(ctx, { certificateId: operand })
      return { certificate_id: certificateId, state }
    },
  },
  {
    name: 'certificate revoke',
    purpose: 'End a chain at once and for good',
    operand: 'ID',
    options: { reason: { value: REVOCATION_REASONS.join('|'), among: REVOCATION_REASONS } },
    async run(ctx, { operand, options }) {
      const input = parseOptions(RevokeChainInput, { certificateId: operand, reason: options.reason })
      const { certificateId } = await revokeChain(ctx, input)
      return { certificate_id: certificateId, state: 'revoked' }
    },
  },
  {
    name: 'anchor add',
    purpose: 'Trust a root certificate, PEM or DER, in one environment',
    operand: 'FILE',
    options: { environment: oneEnvironment, owner: { value: 'TEXT' }, purpose: { value: 'TEXT' } },
    async run(ctx, { operand, options }) {
      const bytes = await readInput(operand, MAX_ANCHOR_BYTES)
      const added = await addAnchor(ctx, parseOptions(AddAnchorInput, { ...options, bytes }))
      return { anchor_id: added.anchorId, sha256: added.sha256 }
    },
  },
  {
    name: 'anchor list',
    purpose: 'The roots that are trusted, with their owners and expiry',
    options: {},
    async run(ctx) {
      return (await listAnchors(ctx)).map((anchor) => ({
        anchor_id: anchor.id,
        environment: anchor.environment,
        owner: anchor.owner,
        purpose: anchor.purpose,
        subject: anchor.subject,
        sha256: anchor.sha256,
        not_after: anchor.notAfter,
        chains: anchor.chains,
      }))
    },
  },
  {
    name: 'anchor remove',
    purpose: 'Trust a root no longer: chains under it are pending review',
    operand: 'ID',
    options: {},
    async run(ctx, { operand }) {
      const removed = await removeAnchor(ctx, { anchorId: operand })
      return { anchor_id: removed.anchorId, removed: true, chains: removed.chains }
    },
  },
  {
    name: 'anchor status',
    purpose: 'Which version of the trust store each serving process has',
    options: {},
    async run(ctx) {
      const { replicas, version } = await getTrustStoreSpread(ctx)
      return replicas.map((replica) => ({
        replica: replica.replicaId,
        version: replica.version,
        at: replica.reportedAt,
        current: replica.version >= version,
      }))
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
  ...REVOCATION_COMMANDS,
  ...CONSENT_COMMANDS,
  {
    name: 'keys reseal',
    purpose: 'After a rotation of SECRET_KEY: seal what older keys sealed anew under the first',
    options: {},
    async run(ctx) {
      const { keyId, values, bound } = await resealKeys(ctx)
      return {
        key_id: keyId,
        audit_rows_bound: bound.auditRows,
        recovery_codes_bound: bound.recoveryCodes,
        values,
      }
    },
    fails: (result) => (result as { values: { unopened: number }[] }).values.some(({ unopened }) => unopened > 0),
  },
  {
    name: 'audit head',
    purpose: 'The end of the audit chain, to be kept elsewhere',
    options: {},
    run: readAuditHead,
  },
  {
    name: 'audit verify',
    purpose: 'Check the audit, up to a head that was kept elsewhere, and name the first broken row',
    options: { head: { value: 'FILE|POSITION:HASH' } },
    async run(ctx, { options: { head } }) {
      if (head === undefined) return verifyAudit(ctx)
      const isWritten = /^\d+:[0-9a-f]*$/.test(head)
      return verifyAudit(ctx, parseAuditHead(isWritten ? head : (await readInput(head)).toString()))
    },
    fails: (result) => !(result as { ok: boolean }).ok,
  },
]

async function createApplication(ctx: Context, { options, lists }: Given): Promise<unknown> {
  const owner = { ownerEmail: options.owner ?? '', name: options.customer }
  const business = await getOwnedBusiness(ctx, owner)
  const input = parseOptions(RegisterByOperatorInput, {
    customerId: business.id,
    environment: options.environment,
    name: options.name,
    profile: options.profile,
    callbacks: lists.callback,
    scopes: options.scope?.split(/\s+/).filter(Boolean),
  })
  return ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx }
    const { applicationId, clientId } = await registerApplicationByOperator(within, input)
    const secret = await makeSecret(within, { applicationId, environment: input.environment })
    return { application_id: applicationId, client_id: clientId, client_secret: secret.clientSecret }
  })
}

async function rotateSecretOf(ctx: Context, { options }: Given): Promise<unknown> {
  const { application: applicationId, environment, overlap, unused: unusedHours } = options
  const input = parseOptions(
    RotateSecretInput,
    { applicationId, environment, overlap, unusedHours },
    { unusedHours: 'unused' },
  )
  const rotated = await rotateSecret(ctx, input)
  return {
    secret_id: rotated.secretId,
    client_secret: rotated.clientSecret,
    previous: rotated.previous.map(({ secretId, endsAt }) => ({ secret_id: secretId, ends_at: endsAt })),
  }
}

async function rotateKeyOf(ctx: Context, { options }: Given): Promise<unknown> {
  const { application: applicationId, environment, overlap } = options
  const rotated = await rotateKey(ctx, parseOptions(RotateKeyInput, { applicationId, environment, overlap }))
  return {
    client_id: rotated.clientId,
    previous: rotated.previous.map(({ clientId, endsAt }) => ({ client_id: clientId, ends_at: endsAt })),
  }
}

async function submitChainOf(ctx: Context, { operand, options }: Given): Promise<unknown> {
  const file = new File([new Uint8Array(await readInput(operand, MAX_BYTES))], operand)
  const momentOf = (option: 'start' | 'replace-at') => {
    const text = options[option]
    return text === undefined ? undefined : readDate(`certificate submit: --${option}`, text).toISOString()
  }
  const input = parseOptions(SubmitChainInput, {
    applicationId: options.application,
    environment: options.environment,
    file,
    start: options.start ? 'later' : 'now',
    startsAt: momentOf('start'),
    others: options['replace-at'] ? 'end' : 'keep',
    replacesAt: momentOf('replace-at'),
  })
  const { report, certificateId, state } = await submitChain(ctx, input)
  const { verdict, findings } = report
  return { file: operand, verdict, findings, certificate_id: certificateId, state }
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
    last_address: secret.lastAddress,
    uses_in_24_hours: secret.usesInDay,
    ends_at: secret.endsAt,
    ends_because: secret.endsBecause,
    retires_unused_hours: secret.retiresUnusedHours,
    revoked_at: secret.revokedAt,
    seen_by: secret.seenBy.map(({ by, name, at }) => ({ by, name, at })),
  }))
}

const MAX_ANCHOR_BYTES = 1024 * 1024
