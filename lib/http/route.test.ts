import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { testDatabase } from '@/db/testing'
import { publicRoute, readBody } from './route'

vi.mock('next/headers', async () => (await import('@/lib/http/testing')).nextHeaders)
vi.mock('next-intl/server', async () => (await import('@/lib/http/testing')).nextIntl)

await testDatabase()

const echo = publicRoute(async (_ctx, _params, request) => readBody(request, z.object({ name: z.string() })))

async function post(body: string | ReadableStream<Uint8Array>) {
  const request = new Request('http://localhost:3000/', {
    method: 'POST',
    body,
    headers: { origin: 'http://localhost:3000', host: 'localhost:3000' },
    duplex: 'half',
  } as RequestInit)
  const response = await echo(request, { params: Promise.resolve({}) })
  const { code, title, ...answer } = (await response.json()) as Record<string, string>
  return { status: response.status, code, title, answer }
}

test('a body is read as JSON with its members named once', async () => {
  expect((await post('{"name":"x"}')).answer).toEqual({ name: 'x' })
  expect(await post('{"name":"x","name":"y"}')).toMatchObject({ status: 400, code: 'repeated-member' })
  expect(await post('{"name":')).toMatchObject({ status: 400, code: 'malformed-body' })
  expect((await post('{"name":')).title).toBe('The body is not JSON. Send it again as JSON.')
  expect(await post('{}')).toMatchObject({ status: 400, code: 'body-invalid' })
})

test('of a body without a declared length no more is read than 64 KiB; it is 413', async () => {
  let read = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      read += 1024
      controller.enqueue(new Uint8Array(1024).fill(0x20))
    },
  })
  expect(await post(endless)).toMatchObject({ status: 413, code: 'too-large' })
  expect(read).toBeLessThan(80 * 1024)
})
