import { finding } from '../finding'
import type { Rule } from './rule'

/** RFC 8446 §4.4.2: each certificate once. */
export const duplicateCertificates: Rule = ({ duplicates }) =>
  duplicates.map(({ copy, first }) =>
    finding('certificate-duplicate', copy, `${copy.label} is the same as certificate ${first.index + 1}.`),
  )
