import type { Context } from '@/lib/context/context'
import { ENVIRONMENTS } from '@/lib/core/secrets'
import { addPublicKeys } from '@/lib/credentials/add-public-keys'
import { listPublicKeys } from '@/lib/credentials/list-public-keys'
import {
  AddPublicKeysInput,
  ListPublicKeysInput,
  PUBLIC_KEY_MAX_BYTES,
  RevokePublicKeyInput,
} from '@/lib/credentials/public-key-schema'
import { revokePublicKey } from '@/lib/credentials/revoke-public-key'
import { LIFETIME_DAYS, OVERLAPS } from '@/lib/credentials/schema'
import type { Command, Given } from './cli-commands'
import { parseOptions, readInput } from './cli-input'

const application = { value: 'ID', required: true } as const
const environment = { value: 'sandbox|production', among: ENVIRONMENTS } as const

export const PUBLIC_KEY_COMMANDS: readonly Command[] = [
  {
    name: 'public-key add',
    purpose:
      'Add the public keys of a JWK, a JWK Set or a PEM file, for private_key_jwt; with --overlap the others end',
    operand: 'FILE',
    options: {
      application,
      environment,
      kid: { value: 'TEXT' },
      lifetime: { value: LIFETIME_DAYS.join('|'), among: LIFETIME_DAYS.map(String) },
      overlap: { value: OVERLAPS.join('|'), among: OVERLAPS },
    },
    run: addPublicKeysOf,
  },
  {
    name: 'public-key list',
    purpose: 'Public keys of an application, by kid and thumbprint',
    options: { application, environment },
    run: listPublicKeysOf,
  },
  {
    name: 'public-key revoke',
    purpose: 'End a public key, and the tokens it minted unless --keep-tokens',
    operand: 'ID',
    options: { 'keep-tokens': { value: '' } },
    async run(ctx, { operand, options }) {
      const keepsTokens = options['keep-tokens'] === undefined ? '' : 'on'
      const input = parseOptions(RevokePublicKeyInput, { publicKeyId: operand, keepsTokens })
      const { publicKeyId } = await revokePublicKey(ctx, input)
      return { public_key_id: publicKeyId, state: 'revoked', keeps_tokens: input.keepsTokens }
    },
  },
]

async function addPublicKeysOf(ctx: Context, { operand, options }: Given): Promise<unknown> {
  const bytes = (await readInput(operand)).subarray(0, PUBLIC_KEY_MAX_BYTES + 1)
  const { application: applicationId, lifetime: lifetimeDays, ...rest } = options
  const file = new File([new Uint8Array(bytes)], 'key')
  const input = parseOptions(AddPublicKeysInput, { ...rest, applicationId, lifetimeDays, file })
  const added = await addPublicKeys(ctx, input)
  return {
    client_id: added.clientId,
    public_keys: added.keys.map((key) => ({
      public_key_id: key.publicKeyId,
      kid: key.kid,
      algorithm: key.algorithm,
      thumbprint: key.thumbprint,
      ends_at: key.endsAt,
    })),
    previous: added.previous.map((key) => ({ public_key_id: key.publicKeyId, kid: key.kid, ends_at: key.endsAt })),
  }
}

async function listPublicKeysOf(ctx: Context, { options }: Given): Promise<unknown> {
  const input = parseOptions(ListPublicKeysInput, {
    applicationId: options.application,
    environment: options.environment,
  })
  return (await listPublicKeys(ctx, input)).map((key) => ({
    public_key_id: key.id,
    environment: key.environment,
    kid: key.kid,
    algorithm: key.algorithm,
    thumbprint: key.thumbprint,
    state: key.state,
    created_at: key.createdAt,
    created_by: key.createdBy,
    last_used_at: key.lastUsedAt,
    last_address: key.lastAddress,
    uses_in_24_hours: key.usesInDay,
    ends_at: key.endsAt,
    ends_because: key.endsBecause,
    revoked_at: key.revokedAt,
  }))
}
