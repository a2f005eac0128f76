import type { Hex } from '@/lib/core/secrets'

/** What the sender of a token request proved besides who it is; tokens are bound to it. */
export type Sender = { certificateSha256: Hex | null; jwkThumbprint: Hex | null }
