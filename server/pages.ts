import http from 'node:http'
import type https from 'node:https'
import path from 'node:path'
import type { PageHandler } from './listeners'
import { loadStaticFiles } from './static-files'

export type Pages = {
  handle: PageHandler
  /** Development: hot reload comes by WebSocket, and that alone is let through. */
  followOn(server: http.Server | https.Server): void
  close(): Promise<void>
}

const HOT_RELOAD = '/_next/'

/**
 * Next, serving nothing by itself. It would take upgrades off whatever server its first request came in on, past the guard: it is
 * given a server that never listens. Without a listener of its own an upgrade is a request like any other (RFC 9110 §7.8).
 */
export async function openPages({ development, port }: { development: boolean; port: number }): Promise<Pages> {
  const { default: next } = await import('next')
  const httpServer = new http.Server()
  // Next would choose its own log lines and signal handling for a production server; both are ours.
  const app = next({ dev: development, dir: process.cwd(), hostname: 'localhost', port, httpServer })
  await app.prepare()
  const handle = app.getRequestHandler()
  const serveStatic = development ? () => false : await loadStaticFiles(path.resolve('.next/static'))
  return {
    handle: async (request, response) => {
      if (!serveStatic(request, response)) await handle(request, response)
    },
    followOn,
    close: () => app.close(),
  }

  function followOn(server: http.Server | https.Server): void {
    if (!development) return
    server.on('upgrade', (request, socket, head) => {
      if (request.url?.startsWith(HOT_RELOAD)) httpServer.emit('upgrade', request, socket, head)
      else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    })
  }
}
