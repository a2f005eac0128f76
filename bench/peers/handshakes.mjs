// Load: one full TLS handshake with a client certificate and one request on each connection, so many at a time. Forked; it is told
// by messages what to do, and tells what it measured.
import { performance } from 'node:perf_hooks'
import tls from 'node:tls'

process.on('message', async ({ port, request, cert, key, connections, seconds }) => {
  const secureContext = tls.createSecureContext({ cert, key })
  const times = []
  const failures = new Map()
  const end = performance.now() + seconds * 1000
  const started = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) {
        const began = performance.now()
        const outcome = await once(port, request, secureContext)
        if (outcome === 'HTTP/1.1 200') times.push(performance.now() - began)
        else failures.set(outcome, (failures.get(outcome) ?? 0) + 1)
      }
    }),
  )
  const elapsed = (performance.now() - started) / 1000
  times.sort((a, b) => a - b)
  const at = (part) => Number((times[Math.floor(times.length * part)] ?? 0).toFixed(1))
  process.send({ rate: times.length / elapsed, p50: at(0.5), p99: at(0.99), failures: [...failures] })
})

function once(port, request, secureContext) {
  return new Promise((resolve) => {
    // No session is given, so each handshake is a full one.
    const socket = tls.connect({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      secureContext,
      rejectUnauthorized: false,
    })
    let head = ''
    socket.once('secureConnect', () => {
      if (socket.isSessionReused()) resolve('resumed')
      socket.write(request)
    })
    socket.on('data', (part) => {
      if (head === '') head = part.toString('latin1', 0, 12)
    })
    socket.once('error', (error) => resolve(error.code))
    socket.once('close', () => resolve(head))
  })
}
