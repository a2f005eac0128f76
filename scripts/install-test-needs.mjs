// What the tests need beside npm packages: a Chromium, openssl, curl, PgBouncer, nginx, HAProxy, Authlib for Python. On
// Debian as root they are installed by apt; elsewhere the missing ones are named.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const NEEDS = [
  {
    package: 'chromium',
    files: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', process.env.CHROMIUM_PATH],
  },
  { package: 'pgbouncer', files: ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'] },
  { package: 'nginx', files: ['/usr/sbin/nginx'] },
  { package: 'haproxy', files: ['/usr/sbin/haproxy'] },
  { package: 'curl', files: ['/usr/bin/curl'] },
  { package: 'openssl', files: ['/usr/bin/openssl'] },
  { package: 'python3-authlib', files: ['/usr/lib/python3/dist-packages/authlib/__init__.py'] },
  { package: 'python3-requests', files: ['/usr/lib/python3/dist-packages/requests/__init__.py'] },
]

/** Installs what is missing. Throws, naming it, where that cannot be done. */
export function installTestNeeds() {
  const missing = NEEDS.filter(({ files }) => !files.some((file) => file && existsSync(file))).map(
    (need) => need.package,
  )
  if (missing.length === 0) return
  const hint = `The tests need ${missing.join(', ')}: apt-get install ${missing.join(' ')}`
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) throw new Error(hint)
  process.stdout.write(`Installing ${missing.join(', ')} …\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status
  if (apt('update', '-qq') !== 0 || apt('install', '-y', '-qq', '--no-install-recommends', ...missing) !== 0)
    throw new Error(hint)
}
