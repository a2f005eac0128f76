import { DerError, Elements, listOf, oidOf, readOnly, type Work } from './der/der'
import type { Extension } from './parse-certificate'

const CA_ISSUERS = '1.3.6.1.5.5.7.48.2'
// It ends up in a command that somebody pastes into a shell: letters that mean nothing there.
const HARMLESS = /^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?\/[A-Za-z0-9._~%/-]{0,200}$/

/** RFC 5280 §4.2.2.1: where the certificate of the issuer can be fetched; null where that is not said or not harmless. */
export function findIssuerUrl(extension: Extension | undefined, work: Work): string | null {
  if (!extension) return null
  try {
    for (const description of listOf(readOnly(extension.value, work))) {
      const fields = new Elements(description)
      const method = oidOf(fields.next())
      const location = fields.next()
      const url = location.content.toString('latin1')
      if (method === CA_ISSUERS && location.tag === 0x86 && HARMLESS.test(url)) return url
    }
  } catch (error) {
    if (!(error instanceof DerError)) throw error
  }
  return null
}
