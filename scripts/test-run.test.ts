import { expect, test } from 'vitest'
import { installTestNeeds } from './install-test-needs.mjs'
import { summaryOf } from './summary.mjs'

const OWN_BROWSER = '/home/somebody/.cache/browser'

/** A machine that has some files, and whose package manager makes the others when it may run. */
function aMachine({ isRoot, sudo = false, apt = true, files = [] as string[] }: Partial<Machine> = {}) {
  const present = new Set([...files, ...(apt ? ['/usr/bin/apt-get'] : [])])
  const commands: string[] = []
  return {
    commands,
    isRoot: isRoot ?? false,
    exists: (file: string) => present.has(file) || (present.has('everything') && file !== OWN_BROWSER),
    playwrightBrowser: async () => OWN_BROWSER,
    say: () => true,
    run: (command: string[]) => {
      commands.push(command.join(' ').replace(/ chromium.*/, ' …'))
      if (command[0] === 'sudo' && !sudo) return false
      if (command.includes('install')) present.add('everything')
      return true
    },
  }
}
type Machine = { isRoot: boolean; sudo: boolean; apt: boolean; files: string[] }

test('what is there is not installed, and the browser that Playwright keeps is one', async () => {
  const complete = aMachine({ files: ['everything'] })
  expect(await installTestNeeds(complete)).toBeNull()
  const own = aMachine({ apt: false, files: [OWN_BROWSER] })
  expect(await installTestNeeds(own)).not.toContain('chromium')
  expect([...complete.commands, ...own.commands]).toEqual([])
})

test('as root apt installs what is missing; else a sudo that asks nothing does', async () => {
  const root = aMachine({ isRoot: true })
  expect(await installTestNeeds(root)).toBeNull()
  expect(root.commands).toEqual(['apt-get update -qq', 'apt-get install -y -qq --no-install-recommends …'])
  const somebody = aMachine({ sudo: true })
  expect(await installTestNeeds(somebody)).toBeNull()
  expect(somebody.commands.every((command) => command.startsWith('sudo -n apt-get '))).toBe(true)
})

test('the light browser is asked for beside the system’s own, and done without where it is not to be had', async () => {
  const system = ['/usr/bin/chromium', '/usr/sbin/pgbouncer', '/usr/sbin/nginx', '/usr/sbin/haproxy', '/usr/bin/curl']
  const python = ['authlib', 'requests'].map((name) => `/usr/lib/python3/dist-packages/${name}/__init__.py`)
  const files = [...system, '/usr/bin/openssl', ...python]
  const root = aMachine({ isRoot: true, files })
  expect(await installTestNeeds(root)).toBeNull()
  expect(root.commands).toHaveLength(2)
  expect(await installTestNeeds(aMachine({ files, apt: false }))).toBeNull()
})

test('what nobody can install is named, with how to get it', async () => {
  const hint = /^The tests need chromium, pgbouncer.* a password is at hand: apt-get install chromium pgbouncer/
  expect(await installTestNeeds(aMachine())).toMatch(hint)
  expect(await installTestNeeds(aMachine({ apt: false }))).toContain('there is no apt-get')
})

test('the last line counts, whatever stopped the run; one that took over ten minutes says so before', () => {
  const counts = [
    { passed: 3, failed: 0 },
    { passed: 5, failed: 1 },
  ]
  const lines = (...args: Parameters<typeof summaryOf>) =>
    summaryOf(...args)
      .text.trim()
      .split('\n')
  expect(lines(counts, [], 12.3)).toEqual(['12 s', '8 passed, 1 failed'])
  expect(lines([], ['nothing worked'], 1)).toEqual(['FAILED  nothing worked', '1 s', '0 passed, 1 failed'])
  expect(summaryOf([{ passed: 1, failed: 0 }], [], 1).ok).toBe(true)
  expect(summaryOf([{ passed: 1, failed: 0 }], ['one program is missing'], 1).ok).toBe(false)
  expect(lines(counts, [], 601).at(-2)).toMatch(/longer than the ten minutes/)
  expect(lines(counts, [], 601).at(-1)).toBe('8 passed, 1 failed')
})
