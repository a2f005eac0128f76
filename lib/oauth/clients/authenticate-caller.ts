import type { Profile } from '@/lib/applications/schema'
import { chainState, isUsable } from '@/lib/certificates/chain-state'
import type { ClientActor, Context, CoreActor } from '@/lib/context/context'
import type { ClientCertificate } from '@/lib/context/request-info'
import { isDomainError } from '@/lib/core/errors'
import { type Hex, isHexToken, sha256Hex } from '@/lib/core/secrets'
import { markUsage } from '@/lib/credentials/mark-usage'
import { OAUTH_ENDPOINTS } from '../endpoints'
import { wrongCredentials } from '../errors'
import { urlsOf } from '../issuer'
import { noteRefusedCertificate } from '../note-refused-certificate'
import { type FoundClient, oauthRoad } from '../oauth-road'
import type { Parameters } from '../parameters'
import { refuseClient } from '../refuse-client'
import { requireChainNotRevoked } from '../require-chain-not-revoked'
import { requireUsableChain } from '../require-usable-chain'
import { type Check, runChecks } from '../run-checks'
import { checkAssertion } from './check-assertion'
import { ClientRefused } from './client-refused'
import { type PresentedClient, presentClient } from './present-client'
import { METHODS_OF_CORE, METHODS_OF_PROFILE } from './profile-rules'

export type CallerInput = {
  authorization: string | null
  parameters: Parameters
  /** Of this handshake; null where the request came in without one. */
  certificate: ClientCertificate | null
  /** Of the endpoint that is called. */
  path: string
}

/** An application that authenticated itself at `/oauth2/*`. */
export type ApplicationCaller = {
  kind: 'application'
  actor: ClientActor
  profile: Profile
  /** What it has subscribed to. */
  scopes: readonly string[]
  mtlsRequired: boolean
  /** What its tokens are bound to. */
  certificateSha256: Hex | null
}
export type CoreCaller = {
  kind: 'core'
  actor: CoreActor
  clientId: string
  /** It is bound to a certificate, and has presented it where it came over the 2-way host. */
  mtlsRequired: boolean
}
export type Caller = ApplicationCaller | CoreCaller

type State = {
  ctx: Context
  input: CallerInput
  presented: PresentedClient
  found: FoundClient
  publicKeyId: string | null
  chainId: string | null
}

/** In the order of contract.md, Machine endpoints: the certificate speaks first, then one answer for whatever is wrong. */
const CHECKS: readonly Check<State>[] = [
  certificateCounts, // RFC 8705 §2.1
  clientIsKnown, // RFC 6749 §5.2, invalid_client
  profileAllowsMethod, // FAPI 2.0 Security Profile §5.3.2.1
  certificateIsTheClients, // RFC 8705 §2.1.2; ADR-0104
  certificateIsTheCores, // ADR-0129
  credentialIsTheClients, // RFC 6749 §2.3.1, RFC 7523 §3
]

/**
 * Who calls an endpoint of `/oauth2/*`, proved by one of CLIENT_METHODS.
 * @throws DomainError with one of HANDSHAKE_CODES (403), `invalid_request`, `wrong-credentials` or `too-many-attempts`;
 *   OverloadedError
 */
export async function authenticateCaller(ctx: Context, input: CallerInput): Promise<Caller> {
  const presented = await presentedBy(ctx, input)
  const { clientId, method, credential } = presented
  const found = await oauthRoad().findClient.submit({
    clientId: isHexToken(clientId) ? clientId : '',
    secretHash: isSecretMethod(method) ? sha256Hex(credential) : '',
    leafSha256: input.certificate?.sha256 ?? '',
    now: ctx.now,
  })
  const state: State = { ctx, input, presented, found, publicKeyId: null, chainId: null }
  try {
    await runChecks(CHECKS, state)
  } catch (error) {
    if (error instanceof ClientRefused) return refuseClient(ctx, clientId, error.message)
    if (isDomainError(error) && error.kind === 'forbidden') {
      noteRefusedCertificate(ctx, { code: error.reason, certificate: input.certificate, clientId })
    }
    throw error
  }
  return toCaller(state)
}

async function presentedBy(ctx: Context, input: CallerInput): Promise<PresentedClient> {
  try {
    return presentClient({ ...input, hasCertificate: input.certificate !== null })
  } catch (error) {
    if (!(error instanceof ClientRefused)) throw error
    // Who names nobody guesses nobody's secret.
    if (error.clientId === null) throw wrongCredentials(error.message)
    return refuseClient(ctx, error.clientId, error.message)
  }
}

function isSecretMethod(method: PresentedClient['method']): boolean {
  return method === 'client_secret_basic' || method === 'client_secret_post'
}

/** A core's own certificate is judged by ADR-0129 alone: whatever chain an application has with that leaf shuts no core out. */
function certificateCounts({ ctx, found, input }: State): void {
  if (found.core && found.core.certificateSha256 !== null && found.core.certificateSha256 === input.certificate?.sha256)
    return
  requireUsableChain(found.chains, ctx.now)
}

function clientIsKnown(state: State): void {
  const { application, core } = state.found
  if (core) return
  if (!application) throw new ClientRefused('no application has this key')
  if (application.isSuspended) throw new ClientRefused('the application is suspended')
}

function profileAllowsMethod(state: State): void {
  const { found, presented } = state
  const allowed = found.application ? METHODS_OF_PROFILE[found.application.profile] : METHODS_OF_CORE
  if (allowed.includes(presented.method)) return
  throw new ClientRefused(`${presented.method} is not for profile ${found.application?.profile ?? 'core'}`)
}

function certificateIsTheClients(state: State): void {
  const { found, input, ctx } = state
  const { application } = found
  if (!input.certificate || !application) return
  const chain = found.chains.find(
    (one) =>
      one.applicationId === application.applicationId &&
      one.environment === application.environment &&
      isUsable(chainState(one, ctx.now)),
  )
  if (!chain) {
    const { clientId } = state.presented
    const secretFits = application.secretId !== null
    noteRefusedCertificate(ctx, {
      code: 'certificate-of-another',
      certificate: input.certificate,
      clientId,
      secretFits,
    })
    throw new ClientRefused(`the certificate ${input.certificate.sha256} is not one that this client submitted`)
  }
  requireChainNotRevoked(ctx, input.certificate, chain)
  state.chainId = chain.id
}

/** One that is bound to a certificate comes with that; any other with none, or with one that is no application's. */
function certificateIsTheCores({ ctx, found, input, presented }: State): void {
  const { core, chains } = found
  const { certificate } = input
  if (!core || !certificate) return
  const isFree = core.certificateSha256 === null ? chains.length === 0 : core.certificateSha256 === certificate.sha256
  if (isFree) return
  noteRefusedCertificate(ctx, { code: 'certificate-of-another', certificate, clientId: presented.clientId })
  throw new ClientRefused(`the certificate ${certificate.sha256} is not the core's`)
}

async function credentialIsTheClients(state: State): Promise<void> {
  const { ctx, input, presented, found, chainId } = state
  if (!found.application) return
  switch (presented.method) {
    case 'client_secret_basic':
    case 'client_secret_post':
      if (found.application.secretId === null) throw new ClientRefused('no live secret of this key fits')
      return
    case 'tls_client_auth':
      if (chainId === null) throw new ClientRefused('no certificate of the client')
      return
    case 'private_key_jwt': {
      const { publicKeyId } = await checkAssertion(ctx, {
        assertion: presented.credential,
        clientId: presented.clientId,
        profile: found.application.profile,
        place: found.application,
        endpointUrls: urlsOf(input.path),
        tokenEndpointUrls: urlsOf(OAUTH_ENDPOINTS.token.path),
      })
      state.publicKeyId = publicKeyId
    }
  }
}

function coreCaller(core: NonNullable<FoundClient['core']>, clientId: string): CoreCaller {
  return {
    kind: 'core',
    actor: { kind: 'core', coreId: core.id },
    clientId,
    mtlsRequired: core.certificateSha256 !== null,
  }
}

function toCaller({ ctx, input, presented, found, publicKeyId, chainId }: State): Caller {
  const { application, core } = found
  const { clientId } = presented
  if (!application) return coreCaller(core as NonNullable<typeof core>, clientId)
  const { applicationId, environment, profile, scopes, mtlsRequired } = application
  const secretId = isSecretMethod(presented.method) ? application.secretId : null
  for (const used of [secretId, publicKeyId, chainId, clientId]) if (used !== null) markUsage(used, ctx)
  return {
    kind: 'application',
    actor: { kind: 'client', applicationId, environment, clientId, secretId, publicKeyId, chainId },
    profile,
    scopes,
    mtlsRequired,
    certificateSha256: input.certificate?.sha256 ?? null,
  }
}
