// `npm start` builds if needed and runs the server in this very process; `npm run dev` lets Next serve with hot reload.
import { existsSync } from 'node:fs'
import { requireNode } from './require-node.mjs'

if (requireNode()) {
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
