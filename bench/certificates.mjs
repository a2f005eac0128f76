// Time and memory of checking a certificate chain: ordinary ones, without the openssl program and with it, and what somebody
// may send to keep the reader busy. Each in a process of its own, so that its peak of memory is its own.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { loadSource } from './load-source.mjs'

const ENTRY = `
export { checkChain } from '@/lib/certificates/check-chain'
export { makeChain, NOW } from '@/lib/certificates/testing/make-chain'
export { WORST_CASES } from '@/lib/certificates/testing/worst-cases'
`
const SELF = fileURLToPath(import.meta.url)

/** `npm run bench`, after the tokens. */
export async function checkChains() {
  const { cases } = await load()
  process.stdout.write('\nChecking a certificate chain: median, longest, most memory\n')
  const rows = Object.keys(cases).map((name) => {
    const row = JSON.parse(execFileSync(process.execPath, ['--expose-gc', SELF, name], { encoding: 'utf8' }))
    const [median, longest] = [row.medianMs.toFixed(2), row.longestMs.toFixed(2)]
    const figures = `${median.padStart(9)} ms ${longest.padStart(9)} ms ${row.peakMiB.toFixed(0).padStart(6)} MiB`
    process.stdout.write(`${name.padEnd(44)} ${figures}\n`)
    return { name, ...row }
  })
  const date = new Date().toISOString().slice(0, 10)
  const machine = {
    cpus: os.cpus().length,
    model: os.cpus()[0]?.model,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
  }
  mkdirSync('bench/results', { recursive: true })
  const file = `bench/results/${date}-certificates.json`
  writeFileSync(file, `${JSON.stringify({ date: new Date().toISOString(), machine, rows }, null, 2)}\n`)
  process.stdout.write(`written to ${file}\n`)
}

async function load() {
  const { checkChain, makeChain, NOW, WORST_CASES } = await loadSource(ENTRY)
  const agree = async () => ({ says: 'accept' })
  const submission = ({ pem, anchors }) => ({ bytes: pem, anchors })
  const usual = () => submission(makeChain({ kind: 'rsa2048' }))
  const cases = {
    'leaf, intermediate, root': { make: usual, openssl: agree, runs: 200 },
    'leaf, intermediate, root, OpenSSL asked': { make: usual, runs: 50 },
    'ten certificates': { make: () => submission(makeChain({ depth: 8, kind: 'rsa2048' })), openssl: agree, runs: 200 },
    ...Object.fromEntries(
      Object.entries(WORST_CASES).map(([name, make]) => [name, { make, openssl: agree, runs: 20 }]),
    ),
  }
  const check = (given, openssl) => checkChain({ ...given, at: NOW, openssl })
  return { cases, check }
}

async function measure(name) {
  const { cases, check } = await load()
  const { make, openssl, runs } = cases[name]
  const given = make()
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  const times = []
  let work
  for (let run = 0; run < runs; run++) {
    const started = performance.now()
    work = (await check(given, openssl)).work
    times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  const peak = process.resourceUsage().maxRSS / 1024
  const round = (value) => Number(value.toFixed(2))
  const row = {
    medianMs: round(times[Math.floor(runs / 2)]),
    longestMs: round(times.at(-1)),
    peakMiB: Math.round(peak),
  }
  return { ...row, grownMiB: Math.max(0, Math.round(peak - before / 2 ** 20)), bytes: given.bytes.length, work }
}

if (process.argv[1] === SELF) process.stdout.write(JSON.stringify(await measure(process.argv[2])))
