import { authoritiesOf } from '../arrange-chain'
import { finding } from '../finding'
import { CLIENT_AUTH, describeUsages } from '../key-purposes'
import type { Rule } from './rule'

/**
 * RFC 5280 §4.2.1.12, as OpenSSL applies it in the handshake: the extended key usage of an authority, the root included,
 * limits what it issues, and anyExtendedKeyUsage does not stand for clientAuth.
 */
export const authorityUsage: Rule = (chain) =>
  authoritiesOf(chain).flatMap((certificate) => {
    const usages = certificate.extendedKeyUsage
    if (!usages || usages.includes(CLIENT_AUTH)) return []
    const message = `${certificate.label} may issue for ${describeUsages(usages)}; expected clientAuth among them.`
    return [finding('ca-usage-excludes-client', certificate, message)]
  })
