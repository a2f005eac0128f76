// `npm run bench`: builds if needed, then runs the benchmarks one after the other; `npm run bench -- oauth` runs that one.
import { requireNode } from './require-node.mjs'

const BENCHMARKS = {
  tokens: async () => (await import('../bench/tokens.mjs')).measureTokens(),
  full: async () => (await import('../bench/full-tables.mjs')).measureFullTables(),
  oauth: async () => (await import('../bench/oauth.mjs')).measureOauth(),
  mtls: async () => (await import('../bench/mtls.mjs')).measureMtls(),
  certificates: async () => (await import('../bench/certificates.mjs')).checkChains(),
}

if (requireNode()) {
  const asked = process.argv.slice(2)
  const unknown = asked.filter((name) => !(name in BENCHMARKS))
  if (unknown.length > 0) {
    process.stderr.write(
      `There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}.\n`,
    )
    process.exit(2)
  }
  const { buildIfNeeded } = await import('./build.mjs')
  await buildIfNeeded()
  for (const [name, run] of Object.entries(BENCHMARKS)) if (asked.length === 0 || asked.includes(name)) await run()
}
