import { calculateJwkThumbprint, type JWK } from 'jose'
import type { Context } from '@/lib/context/context'
import type { DomainError } from '@/lib/core/errors'
import { PRIVATE_MEMBERS } from '@/lib/core/private-members'
import { type Hex, sha256, toHex } from '@/lib/core/secrets'
import { env } from '@/lib/env/env'
import { spendProof } from '../clients/spend-proof'
import { oauthRefusal } from '../errors'
import { urlsOf } from '../issuer'
import { type Check, runChecks } from '../run-checks'
import { type Claims, isNumericDate, readHeader, type SignedHeader, verifyWith } from '../signed-token'

export type ProofInput = {
  /** The `DPoP` header: several of them arrive joined by a comma, which no proof holds. */
  proof: string
  method: string
  url: string
  /** Of whoever is called: where `jti` counts once. */
  applicationId: string
  /** Where the proof comes with an access token. */
  accessToken?: string
}

/** RFC 9449 §11.1: how old a proof may be, and how far ahead a clock. */
const AGE_MAX_SECONDS = 60
const AHEAD_MAX_SECONDS = 10
const JTI_MAX = 256

type State = { ctx: Context; input: ProofInput; now: number; header: SignedHeader; claims: Claims; thumbprint: Hex }

function refused(detail: string): DomainError {
  return oauthRefusal('invalid_dpop_proof', 'The DPoP proof is not good.', `DPoP: ${detail}`)
}

/** RFC 9449 §4.3, in its order; what writes comes last. */
const CHECKS: readonly Check<State>[] = [
  typeIsOfProofs, // (4)
  keyIsPublic, // (7)
  signatureIsOfTheKey, // (5), (6)
  methodIsOfThisRequest, // (8)
  addressIsOfThisRequest, // (9)
  isRecent, // (11)
  tokenIsTheOneSent, // (12)
  isSpentOnce, // §11.1
]

/** The thumbprint (RFC 7638) of the key that the sender has proved to hold. @throws DomainError `invalid_dpop_proof` */
export async function checkProof(ctx: Context, input: ProofInput): Promise<Hex> {
  const header = readHeader(input.proof)
  if (!header) throw refused('not one compact JWS of PS256, ES256 or EdDSA')
  const state: State = { ctx, input, now: ctx.now.getTime() / 1000, header, claims: {}, thumbprint: '' as Hex }
  await runChecks(CHECKS, state)
  return state.thumbprint
}

function typeIsOfProofs({ header }: State): void {
  if (header.typ !== 'dpop+jwt') throw refused('typ is not dpop+jwt')
}

function keyIsPublic({ header }: State): void {
  const { jwk } = header
  if (!jwk) throw refused('there is no jwk')
  if (PRIVATE_MEMBERS.some((member) => member in jwk)) throw refused('the jwk holds a private key')
}

async function signatureIsOfTheKey(state: State): Promise<void> {
  const jwk = state.header.jwk as JWK
  const claims = await verifyWith(state.input.proof, jwk, state.header.alg)
  if (!claims) throw refused('the signature is not by its key')
  state.claims = claims
  state.thumbprint = toHex(Buffer.from(await calculateJwkThumbprint(jwk, 'sha256'), 'base64url'))
}

function methodIsOfThisRequest({ claims, input }: State): void {
  if (claims.htm !== input.method) throw refused('htm is another method')
}

function addressIsOfThisRequest({ claims, input }: State): void {
  if (typeof claims.htu !== 'string' || !isAddressOf(claims.htu, input.url)) throw refused('htu is another address')
}

/** Without query and fragment, under either host; in demo mode by whatever name loopback has. */
function isAddressOf(htu: string, url: string): boolean {
  if (!URL.canParse(htu) || htu.length > 2048) return false
  const named = new URL(htu)
  const { pathname, host } = new URL(url)
  const bare = `${named.origin}${named.pathname}`
  if (urlsOf(pathname).includes(bare)) return true
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(named.hostname)
  return env().demo && isLoopback && named.host === host && named.pathname === pathname
}

function isRecent({ claims, now }: State): void {
  const { iat } = claims
  if (!isNumericDate(iat)) throw refused('iat is missing')
  if (iat < now - AGE_MAX_SECONDS) throw refused('is older than a minute')
  if (iat > now + AHEAD_MAX_SECONDS) throw refused('iat is in the future')
}

function tokenIsTheOneSent({ claims, input }: State): void {
  if (input.accessToken === undefined) return
  if (claims.ath !== sha256(input.accessToken).toString('base64url')) throw refused('ath is of another token')
}

async function isSpentOnce({ ctx, claims, input, thumbprint }: State): Promise<void> {
  const { jti, iat } = claims
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_MAX) throw refused('jti is missing or too long')
  const expiresAt = new Date(((iat as number) + AGE_MAX_SECONDS + AHEAD_MAX_SECONDS) * 1000)
  const spent = await spendProof(ctx.db, {
    kind: 'dpop',
    applicationId: input.applicationId,
    key: thumbprint,
    jti,
    expiresAt,
  })
  if (!spent) throw refused('was used before')
}
