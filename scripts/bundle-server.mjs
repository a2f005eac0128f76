// Bundles server/main.ts and server/cli.ts into dist/, packages left outside. The same lib/ is bundled again by Next for its
// pages: what must exist once per process hangs on globalThis (docs/architecture.md).
import { existsSync, readFileSync } from 'node:fs'
import { build } from 'esbuild'

/** Node reads the long package.json of this one again for each of its hundreds of files: most of a second at every start. */
const INSIDE = ['drizzle-orm']

export async function bundleServer() {
  const entryPoints = ['server/main.ts', 'server/cli.ts'].filter((file) => existsSync(file))
  await bundle({ entryPoints, outdir: 'dist', outExtension: { '.js': '.mjs' }, sourcemap: true })
}

/** The command line alone, into that file. */
export async function bundleCommands(outfile) {
  await bundle({ entryPoints: ['server/cli.ts'], outfile })
}

async function bundle(options) {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  await build({
    ...options,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: Object.keys(dependencies).filter((name) => !INSIDE.includes(name)),
    alias: { '@': process.cwd() },
    logLevel: 'warning',
  })
}
