import { mkdtemp, rm } from 'node:fs/promises'
import type http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

/** Gone with the test file. */
export async function makeTemporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-tls-'))
  afterAll(() => rm(directory, { recursive: true, force: true }))
  return directory
}

export function portOf(server: http.Server | https.Server): number {
  return (server.address() as AddressInfo).port
}

export function basicOf({ clientId, clientSecret }: { clientId: string; clientSecret: string }): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
}

export type Call = https.RequestOptions & { port: number; basic?: string; body?: string }
export type Answer = { status: number; body: Record<string, unknown>; headers: http.IncomingHttpHeaders }

/** One request over TLS to this machine, as `localhost`, on a connection of its own unless there is an agent. */
export function callTls({ basic, body, ...given }: Call): Promise<Answer> {
  const headers = {
    host: `localhost:${given.port}`,
    ...(basic ? { authorization: basic } : {}),
    ...given.headers,
  }
  const options = { host: '127.0.0.1', servername: 'localhost', path: '/v1/application', rejectUnauthorized: false }
  return new Promise((resolve, reject) => {
    const request = https.request({ ...options, agent: false, ...given, headers }, (response) => {
      let text = ''
      response.on('data', (part) => {
        text += part
      })
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: text.startsWith('{') ? JSON.parse(text) : {},
          headers: response.headers,
        }),
      )
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}
