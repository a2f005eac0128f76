// Draws public/icons/*.png and public/favicon.ico from the sign. Run by hand after the sign changes: node scripts/make-icons.mjs
import { mkdir, writeFile } from 'node:fs/promises'
import sharp from 'sharp'

const FOLDER = new URL('../public/icons/', import.meta.url)
const FIELD = '#0c3a44'

/** `share` is how much of the edge the sign takes; a maskable icon may lose all but the middle 80 %. */
function drawSign({ share, radius }) {
  const scale = (512 * share) / 24
  const offset = (512 - 512 * share) / 2
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">
    <rect width="512" height="512" rx="${radius}" fill="${FIELD}"/>
    <g transform="translate(${offset} ${offset}) scale(${scale})" fill="none" stroke-width="3" stroke-linecap="round">
      <path d="M13.8 4.2A8 8 0 1 0 12.4 20" stroke="#ffffff"/>
      <path d="M20.8 3.9L17 20.1" stroke="#8fdde4"/>
    </g>
  </svg>`
}

const ICONS = [
  { file: '192.png', size: 192, share: 0.66, radius: 96 },
  { file: '512.png', size: 512, share: 0.66, radius: 96 },
  { file: 'maskable-512.png', size: 512, share: 0.5, radius: 0 },
  { file: 'apple-180.png', size: 180, share: 0.6, radius: 0 },
]

await mkdir(FOLDER, { recursive: true })
for (const { file, size, share, radius } of ICONS) {
  await sharp(Buffer.from(drawSign({ share, radius })), { density: 288 })
    .resize(size, size)
    .png({ compressionLevel: 9 })
    .toFile(new URL(file, FOLDER).pathname)
}

// What browsers ask for by themselves on pages that name no icon, as a PDF or a JSON document: an ICO file that holds one PNG.
const png = await sharp(Buffer.from(drawSign({ share: 0.66, radius: 96 })), { density: 288 })
  .resize(32, 32)
  .png({ compressionLevel: 9 })
  .toBuffer()
const header = Buffer.alloc(22)
header.writeUInt16LE(1, 2) // an icon
header.writeUInt16LE(1, 4) // of one picture
header.writeUInt8(32, 6)
header.writeUInt8(32, 7)
header.writeUInt16LE(1, 10)
header.writeUInt16LE(32, 12) // bits a pixel
header.writeUInt32LE(png.length, 14)
header.writeUInt32LE(header.length, 18)
await writeFile(new URL('../favicon.ico', FOLDER), Buffer.concat([header, png]))
