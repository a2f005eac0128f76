import { membersOf } from '../arrange-chain'
import { finding } from '../finding'
import type { Rule } from './rule'

/** RFC 5280 §4.1.2.1: extensions need version 3, and without them nothing says what a certificate is for. */
export const version: Rule = (chain) =>
  membersOf(chain).flatMap((certificate) => {
    if (certificate.version === 3) return []
    const message = `${certificate.label} is a version ${certificate.version} certificate; expected version 3.`
    return [finding('version-old', certificate, message)]
  })
