// `npm start` builds if needed and runs the server in this very process; `npm run dev` lets Next serve with hot reload.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { requireNode } from './require-node.mjs'

if (requireNode()) {
  // What was compiled once is read from there at a later start. Beside the code: whoever may write there may change that too.
  module.enableCompileCache?.('node_modules/.cache/countersign')
  if (existsSync('.env')) process.loadEnvFile('.env')
  const development = process.argv.includes('--dev')
  process.env.NODE_ENV = development ? 'development' : 'production'
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  if (development) {
    const { bundleServer } = await import('./bundle-server.mjs')
    await bundleServer()
  } else {
    const { buildIfNeeded } = await import('./build.mjs')
    await buildIfNeeded()
  }
  await import('../dist/main.mjs')
}
