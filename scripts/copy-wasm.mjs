// Puts the QR reader's WebAssembly among the public files, where the wallet fetches it from. Part of the build; run it
// before `next dev` too.
import { copyFile, mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'))
const target = new URL('../public/wallet/', import.meta.url)
await mkdir(target, { recursive: true })
await copyFile(source, new URL('zxing_reader.wasm', target))
