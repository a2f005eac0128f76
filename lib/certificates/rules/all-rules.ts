import { authorities } from './authorities'
import { authorityUsage } from './authority-usage'
import { completeness } from './completeness'
import { duplicateCertificates } from './duplicate-certificates'
import { extensions } from './extensions'
import { issuers } from './issuers'
import { leafCertificate } from './leaf-certificate'
import { leafUsage } from './leaf-usage'
import { nameConstraints } from './name-constraints'
import { names } from './names'
import { order } from './order'
import { pathLength } from './path-length'
import { profile } from './profile'
import { psd2Statement } from './psd2-statement'
import { publicKey } from './public-key'
import type { Rule } from './rule'
import { serialNumber } from './serial-number'
import { signatureAlgorithm } from './signature-algorithm'
import { unrelatedCertificates } from './unrelated-certificates'
import { validity } from './validity'
import { version } from './version'

/** Every rule sees every chain: a report names all faults at once. */
export const ALL_RULES: readonly Rule[] = [
  duplicateCertificates,
  leafCertificate,
  completeness,
  unrelatedCertificates,
  order,
  issuers,
  validity,
  version,
  serialNumber,
  names,
  extensions,
  publicKey,
  signatureAlgorithm,
  authorities,
  pathLength,
  nameConstraints,
  authorityUsage,
  leafUsage,
  profile,
  psd2Statement,
]
