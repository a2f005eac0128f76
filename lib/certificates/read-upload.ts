import type { Upload } from './chain-schema'
import { MAX_BYTES } from './schema'

/**
 * The bytes of what a form or a command gives: a file, or else the text. A form's line ends are CRLF, which PEM allows.
 * Of what is too large one byte more than allowed is read: enough for the check to say so.
 */
export async function readUpload({ chain, file }: Upload): Promise<Uint8Array> {
  if (file) return new Uint8Array(await file.slice(0, MAX_BYTES + 1).arrayBuffer())
  return new TextEncoder().encode(chain.slice(0, MAX_BYTES + 1))
}
