import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { createTranslator } from 'next-intl'
import { describe, expect, test } from 'vitest'
import en from '@/messages/en.json'
import it from '@/messages/it.json'

type Tree = { [key: string]: string | Tree }

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const entries = Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : [...flatten(value, `${prefix}${key}.`)],
  )
  return new Map(entries)
}

const english = flatten(en as Tree)
const italian = flatten(it as Tree)

function files(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.includes('.test.'))
    .map((entry) => path.join(entry.parentPath, entry.name))
}

function sources(directory: string): string[] {
  return files(directory).map((file) => readFileSync(file, 'utf8'))
}

/** Keys that a file names outright: `const t = useTranslations('Ns')` and every `t('key')` under that name. */
function keysUsed(source: string): string[] {
  const translators = source.matchAll(/const (\w+) = (?:await )?\(?(?:useTranslations|getTranslations)\('([\w.]+)'\)/g)
  const namespaces = Map.groupBy([...translators], (match) => match[1] as string)
  return [...namespaces].flatMap(([name, matches]) => {
    const calls = [...source.matchAll(new RegExp(`(?<![\\w.])${name}(?:\\.rich|\\.markup)?\\('([\\w.-]+)'`, 'g'))]
    // One name may stand for two namespaces in one file: a key has to be in one of them.
    return calls
      .map((call) => matches.map((match) => `${match[2]}.${call[1]}`))
      .filter((candidates) => !candidates.some((key) => english.has(key)))
      .map((candidates) => candidates.join(' or '))
  })
}

/** What the wallet, the secure area, the consent pages and the entry pages call. */
const OWNER_DOMAINS = ['people', 'customers', 'dispositions', 'connections', 'consents', 'push', 'session'].map(
  (domain) => `lib/${domain}`,
)

/** Reasons of these domains that no account owner is told: on portal pages and to machines they are English. */
const ELSEWHERE = new Set([
  ...['account-file-invalid', 'business-ambiguous', 'business-missing'], // command line
  ...['application-cannot-connect', 'profile-without-connections', 'last-owner'], // portal
  ...['connection-ended', 'result-refused', 'return-url-invalid'], // machine endpoints
  'push-service-busy', // a job, which tries again
])

/** The reasons that a file names, whichever of the helpers of lib/core/errors.ts it throws them with. */
function reasonsOf(source: string): string[] {
  const thrown = source.matchAll(
    /(?:new DomainError\(\s*'[\w-]+',|\binvalid\(\s*(?:'[\w-]+'|undefined|\w+),|\b(?:conflict|forbidden)\()\s*'([a-z-]+)'/g,
  )
  return [...thrown].map((match) => match[1] as string)
}

describe('the catalogues', () => {
  test('English and Italian have the same keys', () => {
    expect([...italian.keys()].sort()).toEqual([...english.keys()].sort())
  })

  test('no sentence is empty, and each takes the same values in both languages', () => {
    // What stands after `one ` or `=0 ` is a branch of a plural, not a value.
    const values = (text: string) => {
      const found = text.matchAll(/(?<!(?:=\d+|one|two|few|many|other)\s)\{(\w+)[,}]|\{(\w+),/g)
      return [...new Set([...found].map((match) => match[1] ?? match[2]))].sort()
    }
    for (const [key, text] of english) {
      expect(text.trim(), key).not.toBe('')
      expect(values(italian.get(key) ?? ''), key).toEqual(values(text))
    }
  })

  test.each(['en', 'it'] as const)('every sentence in %s is one that the formatter can read', (locale) => {
    const problems: string[] = []
    const t: unknown = createTranslator({
      locale,
      messages: (locale === 'en' ? en : it) as Tree,
      onError: (error) => {
        if (error.code === 'INVALID_MESSAGE') problems.push(error.message)
      },
    })
    const format = t as (key: string, values: Record<string, number>) => string
    // Mails are filled in by lib/people/send-mail.ts, not by the formatter.
    const keys = [...english.keys()].filter((key) => !key.startsWith('Mail.'))
    for (const key of keys) format(key, { count: 2, minutes: 2, seconds: 2 })
    expect(problems).toEqual([])
  })

  test('every key that a page or component names is there', () => {
    const missing = [...sources('app'), ...sources('components'), ...sources('lib')].flatMap(keysUsed)
    expect(missing).toEqual([])
  })

  test('scripts ask for nothing that the layouts above them do not send along', () => {
    const [sent] = sources('components/shell').flatMap((source) => source.match(/EVERYWHERE = (\[[^\]]+\])/)?.[1] ?? [])
    const names = (list: string) => [...list.matchAll(/'([\w.]+)'/g)].map((match) => match[1] as string)
    const everywhere = names(sent ?? '')
    expect(everywhere).not.toEqual([])
    const asked = ['app', 'components'].flatMap((directory) =>
      files(directory).flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/useTranslations\('([\w.]+)'\)/g)].map((match) => ({
          file,
          name: match[1],
        })),
      ),
    )
    expect(asked.length).toBeGreaterThan(40)
    const missing = asked.filter(({ file, name }) => {
      const parents = path.dirname(file).split(path.sep)
      const above = parents
        .map((_, depth) => path.join(...parents.slice(0, depth + 1), 'layout.tsx'))
        .filter(existsSync)
      const lists = above.map((layout) => names(readFileSync(layout, 'utf8').match(/names=\{(\[[^\]]+\])/)?.[1] ?? ''))
      // Of two layouts the inner one counts: it stands in for the outer one's choice.
      const given = [...everywhere, ...(lists.findLast((list) => list.length > 0) ?? [])]
      return !given.some((part) => name === part || name?.startsWith(`${part}.`))
    })
    expect(missing).toEqual([])
  })

  test('every refusal that a page of account owners can show has its sentence', () => {
    const reasons = OWNER_DOMAINS.flatMap((domain) => sources(domain).flatMap(reasonsOf))
    expect(reasons.length).toBeGreaterThan(50)
    const missing = [...new Set(reasons)].filter((reason) => !english.has(`Errors.${reason}`))
    expect(missing.toSorted()).toEqual([...ELSEWHERE].toSorted())
  })

  test('every event in the audit of people has its plain words', () => {
    const lines = sources('lib').flatMap((source) => source.split('\n').filter((line) => /\baction\b/.test(line)))
    const actions = lines.flatMap((line) =>
      [...line.matchAll(/'([a-z-]+\.[a-z-]+)'/g)].map((match) => match[1] as string),
    )
    expect(actions.length).toBeGreaterThan(100)
    // Of applications, cores, keys and the jobs that read revocation lists: they concern no person.
    const ofMachines = /^(token-family|core|keys)\.|-by-authority$/
    const missing = [...new Set(actions)]
      .filter((action) => !ofMachines.test(action))
      .filter((action) => !english.has(`Activity.events.${action.replace('.', '_')}`))
    expect(missing).toEqual([])
  })
})
