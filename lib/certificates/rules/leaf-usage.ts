import { isAuthority } from '../arrange-chain'
import { finding } from '../finding'
import { ANY_USAGE, CLIENT_AUTH, describeUsages, SERVER_AUTH } from '../key-purposes'
import { type Certificate, EXTENSION } from '../parse-certificate'
import { readPsd2 } from '../psd2'
import type { Finding } from '../schema'
import type { Rule } from './rule'

/** RFC 5280 §4.2.1.12, RFC 8446 §4.4.2.2: the leaf may authenticate a client, and its key may sign. */
export const leafUsage: Rule = ({ leaf, work }) => {
  if (leaf?.version !== 3) return []
  const qcTypes = readPsd2(leaf, work).psd2?.qcTypes ?? []
  if (qcTypes.length > 0 && !qcTypes.includes('web')) {
    const message = `${leaf.label} is a qualified certificate of the type ${qcTypes.join(', ')}; expected web, a QWAC.`
    return [finding('seal-certificate', leaf, message)]
  }
  return [...judgeExtendedUsage(leaf), ...judgeKeyUsage(leaf)]
}

function judgeExtendedUsage(leaf: Certificate): Finding[] {
  const usages = leaf.extendedKeyUsage
  if (!usages) {
    const isMalformed = leaf.malformed.some(({ oid }) => oid === EXTENSION.extendedKeyUsage)
    return isMalformed ? [] : [finding('usage-absent', leaf, `${leaf.label} has no extended key usage.`)]
  }
  if (usages.includes(CLIENT_AUTH)) return []
  const message = `${leaf.label} is for ${describeUsages(usages)}; expected clientAuth.`
  if (usages.includes(SERVER_AUTH)) return [finding('server-auth-only', leaf, message)]
  return [finding(usages.includes(ANY_USAGE) ? 'any-usage-only' : 'client-auth-missing', leaf, message)]
}

function judgeKeyUsage(leaf: Certificate): Finding[] {
  const { keyUsage } = leaf
  if (!keyUsage || keyUsage.has('digitalSignature')) return []
  // That it is an authority is the finding.
  if (isAuthority(leaf)) return []
  const message = `${leaf.label} has the key usage ${[...keyUsage].join(', ')}; expected digitalSignature.`
  return [finding('digital-signature-missing', leaf, message)]
}
