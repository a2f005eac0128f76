import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { log } from '@/lib/log/log'

const PREFIX = '/_next/static/'
const YEAR_SECONDS = 31_536_000
const COMPRESSED_FROM_BYTES = 1024

type Encoding = 'br' | 'gzip'
type StaticFile = {
  bytes: Buffer
  type: string
  etag: string
  /** Made when first asked for, then kept; null where it would save nothing. */
  compressed: Partial<Record<Encoding, Promise<Buffer> | undefined>> | null
}

const TYPES: Record<string, { type: string; isText: boolean }> = {
  '.js': { type: 'application/javascript; charset=UTF-8', isText: true },
  '.css': { type: 'text/css; charset=UTF-8', isText: true },
  '.svg': { type: 'image/svg+xml', isText: true },
  '.json': { type: 'application/json; charset=UTF-8', isText: true },
  '.woff2': { type: 'font/woff2', isText: false },
  '.png': { type: 'image/png', isText: false },
}

const brotli = promisify(zlib.brotliCompress)
const gzip = promisify(zlib.gzip)
const COMPRESS: Record<Encoding, (bytes: Buffer) => Promise<Buffer>> = {
  br: (bytes) => brotli(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (bytes) => gzip(bytes, { level: 9 }),
}

/**
 * The scripts, styles and fonts of a build, whose names change with their content: 15 of them come with a first page. They are
 * in memory, each compressed once; Next would look each up on disk and compress it anew for everybody. The function answers
 * true once it has taken a request; what it does not know, and every method but GET and HEAD, is for Next.
 */
export async function loadStaticFiles(
  directory: string,
): Promise<(request: IncomingMessage, response: ServerResponse) => boolean> {
  const files = new Map<string, StaticFile>()
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const known = TYPES[path.extname(entry.name)]
    if (!entry.isFile() || !known) continue
    const file = path.join(entry.parentPath, entry.name)
    const bytes = await readFile(file)
    const address = PREFIX + path.relative(directory, file).split(path.sep).map(encodeURIComponent).join('/')
    files.set(address, {
      bytes,
      type: known.type,
      etag: createHash('sha256').update(bytes).digest('base64url').slice(0, 22),
      compressed: known.isText && bytes.length >= COMPRESSED_FROM_BYTES ? {} : null,
    })
  }
  return (request, response) => {
    if (!request.url?.startsWith(PREFIX) || (request.method !== 'GET' && request.method !== 'HEAD')) return false
    const file = files.get(request.url.replace(/\?.*/, ''))
    if (!file) return false
    answer(file, request, response).catch((error: unknown) => {
      log().error({ err: error, url: request.url }, 'a static file was not answered')
      response.destroy()
    })
    return true
  }
}

async function answer(file: StaticFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const accepted = file.compressed && encodingFor(request.headers['accept-encoding'])
  const packed = accepted && (await compressed(file, accepted))
  const encoding = packed ? accepted : null
  const etag = `"${file.etag}${encoding ? `-${encoding}` : ''}"`
  response.setHeader('Cache-Control', `public, max-age=${YEAR_SECONDS}, immutable`)
  response.setHeader('ETag', etag)
  if (file.compressed) response.setHeader('Vary', 'Accept-Encoding')
  if (request.headers['if-none-match']?.includes(etag)) {
    response.writeHead(304).end()
    return
  }
  const body = packed ?? file.bytes
  response.setHeader('Content-Type', file.type)
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Content-Length', body.length)
  if (encoding) response.setHeader('Content-Encoding', encoding)
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Null where it cannot be had, for want of memory; the next who asks has it tried again. */
async function compressed({ bytes, compressed }: StaticFile, encoding: Encoding): Promise<Buffer | null> {
  if (!compressed) return null
  compressed[encoding] ??= COMPRESS[encoding](bytes)
  try {
    return await compressed[encoding]
  } catch (error) {
    compressed[encoding] = undefined
    log().error({ err: error, encoding }, 'a static file was not compressed')
    return null
  }
}

/** RFC 9110 §12.5.3: the better one of those that are accepted, where a weight of zero is a refusal. */
function encodingFor(header: string | string[] | undefined): Encoding | null {
  const accepted = new Map<string, boolean>()
  for (const part of String(header ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase())
    accepted.set(name, !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)))
  }
  return (['br', 'gzip'] as const).find((encoding) => accepted.get(encoding)) ?? null
}
