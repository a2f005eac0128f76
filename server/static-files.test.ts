import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import zlib from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadStaticFiles } from './static-files'

const SCRIPT = 'export const answer = 42\n'.repeat(200)
const FONT = Buffer.alloc(5000, 'f')
let directory: string
let server: http.Server

beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-static-'))
  await mkdir(path.join(directory, 'chunks'))
  await writeFile(path.join(directory, 'chunks/a b.js'), SCRIPT)
  await writeFile(path.join(directory, 'chunks/short.js'), 'go()')
  await writeFile(path.join(directory, 'font.woff2'), FONT)
  await writeFile(path.join(directory, 'notes.txt'), 'not ours to serve')
  const serve = await loadStaticFiles(directory)
  server = http.createServer((request, response) => {
    if (!serve(request, response)) response.writeHead(404).end('passed on')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await rm(directory, { recursive: true })
})

function get(file: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status?: number; headers: http.IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const { port } = server.address() as AddressInfo
    const request = http.request({ port, host: '127.0.0.1', path: `/_next/static/${file}`, headers, method })
    request.on('error', reject).on('response', async (response) => {
      const parts: Buffer[] = []
      for await (const part of response) parts.push(part as Buffer)
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) })
    })
    request.end()
  })
}

test('a file is answered whole, for good, with its type and in the best encoding that is accepted', async () => {
  const readers = { br: zlib.brotliDecompressSync, gzip: zlib.gunzipSync }
  for (const [accepted, encoding] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['BR', 'br'],
  ] as const) {
    const { status, headers, body } = await get('chunks/a%20b.js', { 'accept-encoding': accepted })
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-encoding': encoding,
      'content-type': 'application/javascript; charset=UTF-8',
      'content-length': String(body.length),
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
    })
    expect(body.length).toBeLessThan(SCRIPT.length)
    expect(readers[encoding](body).toString()).toBe(SCRIPT)
  }
  for (const accepted of ['identity', 'br;q=0.000, gzip;q=0', 'zstd', '']) {
    const { headers, body } = await get('chunks/a%20b.js?v=1', { 'accept-encoding': accepted })
    expect(headers['content-encoding']).toBeUndefined()
    expect(body.toString()).toBe(SCRIPT)
  }
})

test('what compressing saves nothing of is left as it is', async () => {
  for (const [file, bytes] of [
    ['font.woff2', FONT],
    ['chunks/short.js', Buffer.from('go()')],
  ] as const) {
    const { headers, body } = await get(file, { 'accept-encoding': 'br' })
    expect(headers['content-encoding']).toBeUndefined()
    expect(headers.vary).toBeUndefined()
    expect(body).toEqual(bytes)
  }
})

test('who has a file already is told so, in the encoding they have', async () => {
  const first = await get('chunks/a%20b.js', { 'accept-encoding': 'br' })
  const etag = first.headers.etag ?? ''
  const again = await get('chunks/a%20b.js', { 'accept-encoding': 'br', 'if-none-match': `"other", ${etag}` })
  expect(again).toMatchObject({ status: 304, body: Buffer.alloc(0) })
  const plain = await get('chunks/a%20b.js', { 'if-none-match': etag })
  expect(plain.status).toBe(200)
})

test('HEAD tells of a file without it', async () => {
  const { headers } = await get('font.woff2')
  const head = await get('font.woff2', {}, 'HEAD')
  expect(head).toMatchObject({ status: 200, body: Buffer.alloc(0) })
  expect(head.headers['content-length']).toBe(headers['content-length'])
})

test('twenty who come at once get the same', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => get('chunks/a%20b.js', { 'accept-encoding': 'gzip' })),
  )
  for (const { body } of answers) expect(zlib.gunzipSync(body).toString()).toBe(SCRIPT)
})

test('what is unknown, outside, or no reading is passed on', async () => {
  for (const file of [
    'nothing.js',
    '',
    'chunks',
    'notes.txt',
    '../static/font.woff2',
    'chunks/a b.js'.replace(' ', '+'),
  ]) {
    expect((await get(file)).body.toString(), file).toBe('passed on')
  }
  for (const method of ['POST', 'DELETE', 'OPTIONS'])
    expect((await get('font.woff2', {}, method)).body.toString()).toBe('passed on')
})
