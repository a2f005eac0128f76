// `npm run bench`: builds if needed, then runs the benchmarks one after the other.
import { requireNode } from './require-node.mjs'

if (requireNode()) {
  const { buildIfNeeded } = await import('./build.mjs')
  await buildIfNeeded()
  const { main } = await import('../bench/tokens.mjs')
  await main()
  const { measureMtls } = await import('../bench/mtls.mjs')
  await measureMtls()
  const { checkChains } = await import('../bench/certificates.mjs')
  await checkChains()
}
