import sharp from 'sharp'
import { logoUnreadable } from './errors'

const SIZE = 256
const SIDE_LIMIT = 4096

/** First bytes of the three formats that are read. Anything else, SVG above all, never reaches a decoder. */
function isRaster(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 12))
  const png = head.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))
  const jpeg = head.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))
  const webp = head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP'
  return png || jpeg || webp
}

/**
 * A logo as we keep it: drawn anew as a PNG of 256 × 256, so that nothing but pixels survives of the file. A small file
 * that unpacks to a huge picture is refused by its header, before it is unpacked.
 */
export async function readLogo(file: File): Promise<Buffer> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  if (!isRaster(bytes)) throw logoUnreadable()
  try {
    return await sharp(bytes, { limitInputPixels: SIDE_LIMIT * SIDE_LIMIT, failOn: 'error', pages: 1 })
      .rotate() // as its EXIF orientation says, before that is dropped
      .resize(SIZE, SIZE, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
      .png({ compressionLevel: 9 })
      .timeout({ seconds: 5 })
      .toBuffer()
  } catch (error) {
    throw logoUnreadable(error)
  }
}
