import { encodePem } from './pem/base64'

/** PEM of certificates, in the order given. */
export function toPem(certificates: readonly Buffer[]): string {
  return certificates.map(encodePem).join('')
}
