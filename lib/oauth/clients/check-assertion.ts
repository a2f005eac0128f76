import type { JWK } from 'jose'
import type { Profile } from '@/lib/applications/schema'
import type { Context } from '@/lib/context/context'
import { findPublicKeys, type VerificationKey } from '@/lib/credentials/find-public-keys'
import { issuer } from '../issuer'
import { type Check, runChecks } from '../run-checks'
import { type Claims, isNumericDate, readHeader, type SignedHeader, verifyWith } from '../signed-token'
import { ClientRefused } from './client-refused'
import { plainClientId } from './present-client'
import { spendProof } from './spend-proof'

export type AssertionInput = {
  assertion: string
  clientId: string
  profile: Profile
  place: { applicationId: string; environment: string }
  /** The URLs of the endpoint that is called, under each of its hosts. */
  endpointUrls: readonly string[]
  tokenEndpointUrls: readonly string[]
}

/** FAPI 2.0 Security Profile §5.3.2.1: clocks may be ten seconds apart. */
const SKEW_SECONDS = 10
const LIFETIME_MAX_SECONDS = 3600
const JTI_MAX = 256

type State = {
  input: AssertionInput
  ctx: Context
  now: number
  header: SignedHeader
  keys: VerificationKey[]
  key: VerificationKey | null
  claims: Claims
}

function refused(detail: string): ClientRefused {
  return new ClientRefused(`client assertion: ${detail}`)
}

/** RFC 7523 §3, in the order in which an assertion is judged; what writes comes last. */
const CHECKS: readonly Check<State>[] = [
  typeIsOfAssertions,
  signatureIsOfTheClient,
  issuerAndSubjectAreTheClient,
  audienceIsThisServer,
  isNotExpired,
  isNotFromTheFuture,
  isSpentOnce,
]

/**
 * The id of the key that signed the assertion. @throws ClientRefused with the exact reason
 */
export async function checkAssertion(ctx: Context, input: AssertionInput): Promise<{ publicKeyId: string }> {
  const header = readHeader(input.assertion)
  if (!header) throw refused('is not a compact JWS of PS256, ES256 or EdDSA')
  const keys = await findPublicKeys(ctx.db, input.place, ctx.now)
  const now = ctx.now.getTime() / 1000
  const state: State = { input, ctx, now, header, keys, key: null, claims: {} }
  await runChecks(CHECKS, state)
  return { publicKeyId: (state.key as VerificationKey).id }
}

/** RFC 7523 names none; RFC 8725 §3.11 wants one kind of JWT never taken for another. */
function typeIsOfAssertions({ header }: State): void {
  const typ = header.typ?.toLowerCase().replace(/^application\//, '')
  if (typ !== undefined && typ !== 'jwt' && typ !== 'client-authentication+jwt') throw refused(`is of type ${typ}`)
}

/** RFC 7523 §3 (9), RFC 7515 §4.1.4: the `kid` chooses the key; without one, whichever of the algorithm fits. */
async function signatureIsOfTheClient(state: State): Promise<void> {
  const { header, keys, input } = state
  const candidates = keys.filter(
    ({ kid, algorithm }) => algorithm === header.alg && (header.kid === undefined || kid === header.kid),
  )
  if (candidates.length === 0) throw refused(`the client has no ${header.alg} key of that kid`)
  for (const key of candidates) {
    const claims = await verifyWith(input.assertion, key.jwk as JWK, key.algorithm)
    if (claims) {
      state.key = key
      state.claims = claims
      return
    }
  }
  throw refused('the signature is not by the client’s key')
}

/** RFC 7523 §3 (1), (2.B) */
function issuerAndSubjectAreTheClient({ claims, input }: State): void {
  for (const name of ['iss', 'sub'] as const) {
    const value = claims[name]
    if (typeof value !== 'string' || plainClientId(value) !== input.clientId) throw refused(`${name} is not the client`)
  }
}

/** RFC 7523 §3 (3); FAPI 2.0 Security Profile §5.3.2.1: the issuer alone, as a string. */
function audienceIsThisServer({ claims, input }: State): void {
  const { aud } = claims
  if (aud === issuer()) return
  if (input.profile === 'fapi2') throw refused('aud is not the issuer')
  const given = Array.isArray(aud) ? aud : [aud]
  const known = [issuer(), ...input.endpointUrls, ...input.tokenEndpointUrls]
  if (given.length > 8 || !given.some((one) => known.includes(one)))
    throw refused('aud is neither the issuer nor an endpoint')
}

/** RFC 7523 §3 (4) */
function isNotExpired({ claims, now }: State): void {
  if (!isNumericDate(claims.exp)) throw refused('exp is missing')
  if (claims.exp <= now - SKEW_SECONDS) throw refused('has expired')
  if (claims.exp > now + LIFETIME_MAX_SECONDS + SKEW_SECONDS) throw refused('lives longer than an hour')
}

/** RFC 7523 §3 (5), (6) */
function isNotFromTheFuture({ claims, now }: State): void {
  for (const name of ['nbf', 'iat'] as const) {
    const value = claims[name]
    if (value === undefined) continue
    if (!isNumericDate(value)) throw refused(`${name} is not a time`)
    if (value > now + SKEW_SECONDS) throw refused(`${name} is in the future`)
  }
}

/** RFC 7523 §3 (7) */
async function isSpentOnce({ claims, ctx, input, key }: State): Promise<void> {
  const { jti, exp } = claims
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_MAX) throw refused('jti is missing or too long')
  const spent = await spendProof(ctx.db, {
    kind: 'assertion',
    applicationId: input.place.applicationId,
    key: (key as VerificationKey).id,
    jti,
    expiresAt: new Date(((exp as number) + SKEW_SECONDS + 60) * 1000),
  })
  if (!spent) throw refused('was used before')
}
