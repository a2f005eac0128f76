// The product runs on the Node of its own dev dependency `node`, which npm puts first on the path of every script. Called
// without npm on a machine with an older Node, a script runs itself again with that one.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

const MAJOR = 24

/**
 * True when this process may go on. Otherwise the script runs in another process, which gets this one's
 * signals and gives it its exit code.
 */
export function requireNode() {
  if (Number(process.versions.node.split('.')[0]) >= MAJOR) return true
  const own = path.resolve('node_modules/.bin/node')
  if (!existsSync(own)) {
    process.stderr.write(`Node ${MAJOR} or later is needed, this is ${process.versions.node}. Run npm ci first.\n`)
    process.exit(1)
  }
  const child = spawn(own, process.argv.slice(1), { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
  return false
}
