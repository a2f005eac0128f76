import type { Chain } from '../arrange-chain'
import type { Finding } from '../schema'

/** One rule, one file, one citation. Pure: says everything that it sees, and decides nothing. */
export type Rule = (chain: Chain) => Finding[]
