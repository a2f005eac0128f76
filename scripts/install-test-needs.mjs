// What the tests need beside npm packages: a Chromium, openssl, curl, PgBouncer, nginx, HAProxy, Authlib for Python. On
// Debian they are installed by apt, as root or through a sudo that asks nothing; elsewhere the missing ones are named.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
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

/** Browser tests take a third less time with it, and do without: not every release has it. */
const WELCOME = { package: 'chromium-headless-shell', file: '/usr/bin/chromium-headless-shell' }

/**
 * @typedef {object} Machine
 * @property {boolean} isRoot
 * @property {(file: string) => boolean} exists
 * @property {() => Promise<string>} playwrightBrowser
 * @property {(text: string) => boolean} say
 * @property {(command: string[]) => boolean | Promise<boolean>} run
 */

/**
 * Installs what is missing, and says in one sentence what is missing still; null when nothing is. The tests that need it
 * fail by themselves, so that whoever lacks one program still sees the rest.
 *
 * @param {Machine} machine
 */
export async function installTestNeeds(machine = thisMachine) {
  const own = await machine.playwrightBrowser()
  const lacking = () =>
    NEEDS.filter((need) => {
      // playwright.config.ts takes the browser that Playwright keeps where the system has none.
      const files = need.package === 'chromium' ? [...need.files, own] : need.files
      return !files.some((file) => file && machine.exists(file))
    }).map((need) => need.package)
  const missing = lacking()
  const reason = missing.length === 0 ? '' : await install(machine, missing)
  if (machine.exists('/usr/bin/chromium') && !machine.exists(WELCOME.file)) await install(machine, [WELCOME.package])
  const still = lacking()
  if (still.length === 0) return null
  return `The tests need ${still.join(', ')}, ${reason}: apt-get install ${still.join(' ')}`
}

/** Why it was not all installed; only to be told where something is missing afterwards. */
async function install(machine, missing) {
  if (!machine.exists('/usr/bin/apt-get')) return 'and there is no apt-get'
  const apt = machine.isRoot ? ['apt-get'] : ['sudo', '-n', 'apt-get']
  machine.say(`Installing ${missing.join(', ')} …\n`)
  if (!(await machine.run([...apt, 'update', '-qq']))) {
    return machine.isRoot ? 'and apt-get update failed' : 'and neither root nor a sudo without a password is at hand'
  }
  await machine.run([...apt, 'install', '-y', '-qq', '--no-install-recommends', ...missing])
  return 'and apt-get did not install them'
}

const thisMachine = {
  isRoot: process.getuid?.() === 0,
  exists: (file) => existsSync(file),
  playwrightBrowser: async () => (await import('playwright')).chromium.executablePath(),
  say: (text) => process.stdout.write(text),
  run: async ([command, ...args]) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    const [status] = await once(child, 'close').catch(() => [null])
    return status === 0
  },
}
