import { open, seal } from '@/lib/core/seal'
import { hintOf, newHexToken, sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import type { Code } from './store'

/** contract.md, Family A: given out until its first exchange or for ten minutes, whichever is first. */
const GIVEN_OUT_MS = 10 * MINUTE

/** A new Connection Code: 128 random bits, kept as SHA-256, and sealed for as long as it may be given out. */
export function newConnectionCode(connectionId: string, now: Date): { plaintext: string; stored: Code } {
  const plaintext = newHexToken()
  return {
    plaintext,
    stored: {
      codeHash: sha256(plaintext),
      codeHint: hintOf(plaintext),
      codeSealed: seal(env().secretKeys, 'connection-code', plaintext, connectionId),
      codeSealedUntil: addMs(now, GIVEN_OUT_MS),
    },
  }
}

export function openConnectionCode(connectionId: string, sealed: Buffer): string | null {
  return open(env().secretKeys, 'connection-code', sealed, connectionId)
}
