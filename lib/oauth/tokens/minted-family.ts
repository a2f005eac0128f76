import { newFamilyId, type Uuid } from '@/lib/core/new-family-id'
import type { Environment, Hex } from '@/lib/core/secrets'
import { addDays, addMs, SECOND } from '@/lib/core/time'
import type { ApplicationCaller } from '../clients/authenticate-caller'
import { ACCESS_TOKEN_TTL_SECONDS, REFRESH_FAMILY_DAYS } from '../token-pair'
import type { Sender } from './sender'
import type { NewPair } from './token-answer'

/** A family of `/oauth2/token` as it is written, with the hashes of its first pair. */
export type MintedFamily = {
  id: Uuid
  applicationId: string
  environment: Environment
  secretId: string | null
  publicKeyId: string | null
  chainId: string | null
  consentId: string | null
  scopes: readonly string[]
  authorizationDetails: readonly Record<string, unknown>[] | null
  /** What its tokens are bound to: RFC 8705, RFC 9449. */
  certificateSha256: Hex | null
  jwkThumbprint: Hex | null
  /** Null: no refresh token. */
  refreshHash: Hex | null
  accessHash: Hex
  rotates: boolean
  expiresAt: Date
}

/** The second parameter of MINT_FAMILIES. */
export function familiesAsJson(families: readonly MintedFamily[]): string {
  return JSON.stringify(
    families.map((one) => ({
      id: one.id,
      application_id: one.applicationId,
      environment: one.environment,
      secret_id: one.secretId,
      public_key_id: one.publicKeyId,
      chain_id: one.chainId,
      consent_id: one.consentId,
      scopes: one.scopes,
      authorization_details: one.authorizationDetails,
      certificate_sha256: one.certificateSha256,
      jwk_thumbprint: one.jwkThumbprint,
      refresh_hash: one.refreshHash,
      access_hash: one.accessHash,
      rotates: one.rotates,
      expires_at: one.expiresAt.toISOString(),
    })),
  )
}

type Minting = {
  caller: ApplicationCaller
  sender: Sender
  pair: NewPair
  scopes: readonly string[]
  now: Date
  /** Null: the application itself, without a refresh token. */
  consent: { id: string; authorizationDetails: readonly Record<string, unknown>[] | null } | null
}

/** Profile `fapi2` keeps its refresh token; the others change it at each use (security.md, Profiles). */
export function newFamily({ caller, sender, pair, scopes, now, consent }: Minting): MintedFamily {
  const { applicationId, environment, secretId, publicKeyId, chainId } = caller.actor
  return {
    id: newFamilyId(now.getTime()),
    ...{ applicationId, environment, secretId, publicKeyId, chainId },
    consentId: consent?.id ?? null,
    scopes,
    authorizationDetails: consent?.authorizationDetails ?? null,
    ...sender,
    refreshHash: consent ? pair.refreshHash : null,
    accessHash: pair.accessHash,
    rotates: caller.profile !== 'fapi2',
    expiresAt: consent ? addDays(now, REFRESH_FAMILY_DAYS) : addMs(now, ACCESS_TOKEN_TTL_SECONDS * SECOND),
  }
}
