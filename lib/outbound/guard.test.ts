import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type Address, parseOutboundUrl, sendOutbound } from './guard'

const servers: Server[] = []

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(
      (server) =>
        new Promise((resolve) => {
          server.closeAllConnections()
          server.close(resolve)
        }),
    ),
  )
})

async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const LOOPBACK: Address[] = [{ address: '127.0.0.1', family: 4 }]

test('an allowed loopback address is reached, over plain http too, with method, headers and body', async () => {
  const port = await serve(async (incoming, outgoing) => {
    outgoing.setHeader('x-seen', `${incoming.method} ${incoming.headers.ttl} ${await bodyOf(incoming)}`)
    outgoing.writeHead(201).end('made')
  })
  const response = await sendOutbound(
    { url: `http://127.0.0.1:${port}/x`, method: 'POST', headers: { ttl: '60' }, body: 'hello' },
    { allow: [`127.0.0.1:${port}`] },
  )
  expect(response).toMatchObject({ status: 201, headers: { 'x-seen': 'POST 60 hello' } })
  expect(response.body.toString()).toBe('made')
})

test('an allowed name is reached at the address that was resolved', async () => {
  const port = await serve((incoming, outgoing) => outgoing.end(incoming.headers.host))
  const response = await sendOutbound(
    { url: `http://push.example.test:${port}/` },
    { allow: [`push.example.test:${port}`], resolve: async () => LOOPBACK },
  )
  expect(response.body.toString()).toBe(`push.example.test:${port}`)
})

test('what is allowed on one port is refused on another', async () => {
  const port = await serve((_incoming, outgoing) => outgoing.end('reached'))
  await expect(
    sendOutbound({ url: `https://127.0.0.1:${port}/` }, { allow: [`127.0.0.1:${port + 1}`] }),
  ).rejects.toMatchObject({ kind: 'invalid', reason: 'outbound-address-refused' })
})

test.each([
  'http://example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'https://user:secret@example.com/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://169.254.169.254/latest/meta-data',
  '//example.com',
  'example',
])('%s is refused as it is written', (url) => {
  expect(() => parseOutboundUrl(url, [])).toThrow(expect.objectContaining({ reason: 'outbound-address-refused' }))
})

test('a name that resolves to a private address is refused, even beside public ones', async () => {
  for (const addresses of [
    LOOPBACK,
    [{ address: '1.1.1.1', family: 4 }, ...LOOPBACK],
    [{ address: '::1', family: 6 }],
  ]) {
    await expect(
      sendOutbound({ url: 'https://innocent.example/' }, { allow: [], resolve: async () => addresses }),
    ).rejects.toMatchObject({ reason: 'outbound-address-refused', detail: expect.stringContaining('not public') })
  }
})

test('a name that changes its answer after the check is not asked again', async () => {
  const reached: string[] = []
  const port = await serve((incoming, outgoing) => {
    reached.push(incoming.socket.localAddress ?? '')
    outgoing.end()
  }, '0.0.0.0')
  const answers = ['127.0.0.1', '127.0.0.2', '127.0.0.3']
  let asked = 0
  const rebinding = async (): Promise<Address[]> => [{ address: answers[asked++] ?? '', family: 4 }]
  await sendOutbound(
    { url: `http://rebind.example.test:${port}/` },
    { allow: [`rebind.example.test:${port}`], resolve: rebinding },
  )
  expect(asked).toBe(1)
  expect(reached).toEqual(['127.0.0.1'])
})

test('a redirect is answered as it is and not followed', async () => {
  let followed = false
  const inside = await serve((_incoming, outgoing) => {
    followed = true
    outgoing.end('secret')
  })
  const port = await serve((_incoming, outgoing) =>
    outgoing.writeHead(307, { location: `http://127.0.0.1:${inside}/` }).end(),
  )
  const response = await sendOutbound(
    { url: `http://127.0.0.1:${port}/` },
    { allow: [`127.0.0.1:${port}`, `127.0.0.1:${inside}`] },
  )
  expect(response.status).toBe(307)
  expect(followed).toBe(false)
})

test('an answer larger than the bound is cut off, announced or not', async () => {
  for (const announced of [true, false]) {
    const port = await serve((_incoming, outgoing) => {
      if (announced) outgoing.setHeader('content-length', 1_000_000)
      outgoing.on('error', () => undefined)
      outgoing.end('x'.repeat(1_000_000))
    })
    await expect(
      sendOutbound({ url: `http://127.0.0.1:${port}/`, maxBytes: 1000 }, { allow: [`127.0.0.1:${port}`] }),
    ).rejects.toMatchObject({ reason: 'outbound-too-large' })
  }
})

test('an answer that trickles ends at the time limit', async () => {
  const port = await serve((_incoming, outgoing) => {
    outgoing.write('a')
    const timer = setInterval(() => outgoing.write('a'), 20)
    outgoing.on('close', () => clearInterval(timer))
  })
  await expect(
    sendOutbound({ url: `http://127.0.0.1:${port}/`, timeoutMs: 300 }, { allow: [`127.0.0.1:${port}`] }),
  ).rejects.toMatchObject({ reason: 'outbound-timeout' })
})

test('a resolver that never answers ends at the time limit', async () => {
  await expect(
    sendOutbound(
      { url: 'https://slow.example/', timeoutMs: 100 },
      { allow: [], resolve: () => new Promise(() => undefined) },
    ),
  ).rejects.toMatchObject({ reason: 'outbound-timeout' })
})

test('nobody listening is an outcome of its own', async () => {
  await expect(sendOutbound({ url: 'http://127.0.0.1:1/' }, { allow: ['127.0.0.1:1'] })).rejects.toMatchObject({
    kind: 'unavailable',
    reason: 'outbound-failed',
  })
})
