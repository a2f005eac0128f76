// Time and memory of checking a chain, without the openssl program and with it: an ordinary chain, the longest one, and the
// largest submission that is refused only after it has been read.
import { performance } from 'node:perf_hooks'
import { loadSource } from './load-source.mjs'

const ENTRY = `
export { checkChain } from '@/lib/certificates/check-chain'
export { makeChain, NOW } from '@/lib/certificates/testing/make-chain'
export { MAX_BYTES } from '@/lib/certificates/schema'
`
const RUNS = 200

async function measure(name, runs, check) {
  for (let warm = 0; warm < 10; warm++) await check()
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const times = []
  for (let run = 0; run < runs; run++) {
    const started = performance.now()
    await check()
    times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  const heap = Math.max(0, process.memoryUsage().heapUsed - before) / 1024 / 1024
  const [median, worst] = [times[Math.floor(times.length / 2)], times.at(-1)]
  const row = `${name.padEnd(44)} ${median.toFixed(2).padStart(9)} ms ${worst.toFixed(2).padStart(9)} ms ${heap.toFixed(1).padStart(7)} MiB`
  process.stdout.write(`${row}\n`)
}

/** `npm run bench`, after the tokens. */
export async function checkChains() {
  const { checkChain, makeChain, NOW, MAX_BYTES } = await loadSource(ENTRY)
  const agree = async () => ({ says: 'accept' })
  const check = (bytes, anchors, openssl) => () => checkChain({ bytes, anchors, at: NOW, openssl })
  const usual = makeChain({ kind: 'rsa2048' })
  const longest = makeChain({ depth: 8, kind: 'rsa2048' })
  const nested = Buffer.alloc(MAX_BYTES / 2, Buffer.from('0500', 'hex'))
  const block = Buffer.concat([Buffer.from('3083', 'hex'), size(nested.length), nested]).toString('base64')
  const full = `-----BEGIN CERTIFICATE-----\n${block}\n-----END CERTIFICATE-----\n`
  process.stdout.write('\nChecking a certificate chain: median, longest, heap grown\n')
  await measure('leaf, intermediate, root', RUNS, check(usual.pem, usual.anchors, agree))
  await measure('leaf, intermediate, root, OpenSSL asked', RUNS / 4, check(usual.pem, usual.anchors))
  await measure('ten certificates', RUNS, check(longest.pem, longest.anchors, agree))
  await measure('a file full of values', RUNS / 4, check(full, [], agree))
  await measure('a file full of hyphens', RUNS / 4, check('-'.repeat(MAX_BYTES), [], agree))
}

function size(length) {
  const bytes = Buffer.alloc(3)
  bytes.writeUIntBE(length, 0, 3)
  return bytes
}
