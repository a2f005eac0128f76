import { chainState, isUsable } from '@/lib/certificates/chain-state'
import type { ClientActor, Context } from '@/lib/context/context'
import type { ClientCertificate } from '@/lib/context/request-info'
import { isDomainError } from '@/lib/core/errors'
import { isHexToken, newHexToken, sha256Hex } from '@/lib/core/secrets'
import { markSecretUse } from '@/lib/credentials/mark-secret-use'
import { markUsage } from '@/lib/credentials/mark-usage'
import { noteRefusedCertificate } from './note-refused-certificate'
import { refuseClient } from './refuse-client'
import { requireChainNotRevoked } from './require-chain-not-revoked'
import { requireUsableChain } from './require-usable-chain'
import { tokenRoad } from './token-road'

export type AuthenticateClientInput = {
  clientId: string
  clientSecret: string
  /** Of this handshake; null where the request came in without one and was let in. */
  certificate: ClientCertificate | null
}

export type AuthenticatedClient = { actor: ClientActor; mtlsRequired: boolean }

/**
 * The application that has this key and secret and, where there is a certificate, that submitted the chain of this very leaf
 * for this environment: its state is active or ending now. The state of the certificate is told before the client is looked
 * at; who proved the key of a leaf may know what became of it.
 * @throws DomainError with one of HANDSHAKE_CODES (403); `wrong-credentials` (401) or `too-many-attempts` (429) whatever else is
 *   wrong, another client's certificate included; OverloadedError
 */
export async function authenticateClient(ctx: Context, input: AuthenticateClientInput): Promise<AuthenticatedClient> {
  const { clientId, certificate } = input
  const { client, chains } = await tokenRoad().authenticate.submit({
    // A key that cannot be one is asked for as one that nobody has: the certificate is judged all the same.
    clientId: isHexToken(clientId) ? clientId : newHexToken(),
    secretHash: sha256Hex(input.clientSecret),
    leafSha256: certificate?.sha256 ?? '',
    now: ctx.now,
  })
  try {
    requireUsableChain(chains, ctx.now)
  } catch (error) {
    if (isDomainError(error)) noteRefusedCertificate(ctx, { code: error.reason, certificate, clientId })
    throw error
  }
  if (!client) return refuseClient(ctx, clientId, 'no live secret of this key fits')
  const chain = chains.find(
    (one) =>
      one.applicationId === client.applicationId &&
      one.environment === client.environment &&
      isUsable(chainState(one, ctx.now)),
  )
  if (certificate && !chain) {
    noteRefusedCertificate(ctx, { code: 'certificate-of-another', certificate, clientId, secretFits: true })
    return refuseClient(ctx, clientId, `the certificate ${certificate.sha256} is not one that this client submitted`)
  }
  if (certificate && chain) requireChainNotRevoked(ctx, certificate, chain)
  if (!(await markSecretUse(ctx, client.secretId)))
    return refuseClient(ctx, clientId, 'the secret was revoked meanwhile')
  markUsage(clientId, ctx)
  if (chain) markUsage(chain.id, ctx)
  const { mtlsRequired, ...ids } = client
  return { actor: { kind: 'client', clientId, publicKeyId: null, chainId: chain?.id ?? null, ...ids }, mtlsRequired }
}
