import { readPsd2 } from '../psd2'
import type { Rule } from './rule'

/** ETSI TS 119 495 §5: roles, competent authority and organizationIdentifier of the leaf. */
export const psd2Statement: Rule = ({ leaf, work }) => (leaf ? readPsd2(leaf, work).findings : [])
