// Floors: imports point down only (docs/architecture.md). `npm run verify` fails on a violation; check-imports.test.ts plants
// forbidden imports and sees each of them fail. Type-only imports count too: they say where knowledge lives.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** Lower first; a file may import from its own entry and from the entries before it. */
export const FLOORS = [
  { floor: 0, folders: ['lib/core', 'db/schema'] },
  {
    floor: 1,
    folders: ['lib/env', 'lib/log', 'lib/context', 'lib/jobs', 'db/client.ts', 'db/migrate.ts', 'db/partitions.ts'],
  },
  { floor: 2, folders: ['lib/audit', 'lib/access', 'lib/outbound', 'lib/notices'] },
  { floor: 2, folders: ['lib/keys'] },
  { floor: 2, folders: ['lib/people', 'lib/customers', 'lib/push'] },
  { floor: 2, folders: ['lib/applications'] },
  { floor: 2, folders: ['lib/approvals'] },
  { floor: 2, folders: ['lib/credentials', 'lib/certificates', 'lib/team', 'lib/products'] },
  { floor: 2, folders: ['lib/dispositions'] },
  { floor: 2, folders: ['lib/connections', 'lib/permissions', 'lib/authorizations', 'lib/consents'] },
  { floor: 2, folders: ['lib/transfers'] },
  { floor: 2, folders: ['lib/oauth'] },
  { floor: 2, folders: ['lib/bank', 'lib/webhooks', 'lib/insight'] },
  { floor: 2, folders: ['db/seed.ts'] },
  { floor: 3, folders: ['lib/http', 'lib/session'] },
  { floor: 4, folders: ['components'] },
  { floor: 5, folders: ['app', 'server', 'proxy.ts', 'instrumentation.ts'] },
]
const FRAMEWORK = /^(next|next-auth|next-intl|react|react-dom|server-only|client-only)(\/|$)/
const MACHINE_ROUTE = /^app\/(oa2|shop|oauth2|v1|\.well-known)\/.*route\.ts$/
const NOT_PRODUCT = /\.test\.tsx?$|^db\/(testing|factories)|^lib\/http\/testing\.ts$|\/testing\//

/** Specifiers of every import and export of a text, comments and type-only ones included. */
export function specifiersOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const found = []
  for (const [, from, bare, dynamic] of code.matchAll(
    /(?:^|[\s;}])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|[\s;])import\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g,
  )) {
    found.push(from ?? bare ?? dynamic)
  }
  return found
}

function resolve(specifier, file, exists) {
  let target
  if (specifier.startsWith('@/')) target = specifier.slice(2)
  else if (specifier.startsWith('.')) target = path.posix.join(path.posix.dirname(file), specifier)
  else return null
  const candidates = [
    target,
    `${target}.ts`,
    `${target}.tsx`,
    `${target}.mjs`,
    `${target}/index.ts`,
    `${target}/index.tsx`,
  ]
  return candidates.find((candidate) => /\.[a-z]+$/.test(candidate) && exists(candidate)) ?? null
}

function placeOf(file) {
  return FLOORS.findIndex(({ folders }) => folders.some((folder) => file === folder || file.startsWith(`${folder}/`)))
}

const domainOf = (file) => /^lib\/([^/]+)\//.exec(file)?.[1]
const isClient = (text) => /^\s*(?:\/\/.*\n|\/\*[\s\S]*?\*\/\s*)*['"]use client['"]/.test(text)

/** @param {Map<string, string>} files path → text. Returns one sentence per violation. */
export function violationsOf(files) {
  const problems = []
  const imports = new Map()
  for (const [file, text] of files) {
    const targets = []
    for (const specifier of specifiersOf(text)) {
      const local = specifier.startsWith('.') || specifier.startsWith('@/')
      const target = resolve(specifier, file, (candidate) => files.has(candidate) || existsSync(candidate))
      if (local && target === null && !/\.(css|json|svg|png)$/.test(specifier))
        problems.push(`${file}: ${specifier} does not exist`)
      targets.push({ specifier, target })
    }
    imports.set(file, targets)
  }
  for (const [file, text] of files) {
    if (NOT_PRODUCT.test(file)) continue
    const place = placeOf(file)
    if (place === -1) continue
    for (const { specifier, target } of imports.get(file)) {
      if (target === null) {
        if (FLOORS[place].floor < 3 && FRAMEWORK.test(specifier)) problems.push(`${file}: ${specifier} below floor 3`)
        continue
      }
      const other = placeOf(target)
      if (other > place) problems.push(`${file}: imports ${target}, which is above it`)
      if (/\/store\.ts$/.test(target) && domainOf(target) !== domainOf(file))
        problems.push(`${file}: imports the store of another domain, ${target}`)
      if (NOT_PRODUCT.test(target)) problems.push(`${file}: imports test code, ${target}`)
      const isType = new RegExp(
        `import\\s+type[^'"]*['"]${specifier.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}['"]`,
      ).test(text)
      if (
        isClient(text) &&
        domainOf(target) &&
        FLOORS[other]?.floor === 2 &&
        !/\/schema\.ts$/.test(target) &&
        !isType
      ) {
        problems.push(`${file}: a client component imports ${target}; only schema.ts and types of a domain`)
      }
    }
  }
  for (const file of files.keys()) {
    if (!MACHINE_ROUTE.test(file)) continue
    const seen = new Set([file])
    const open = [file]
    while (open.length > 0) {
      for (const { specifier, target } of imports.get(open.pop()) ?? []) {
        if (target === null && FRAMEWORK.test(specifier))
          problems.push(`${file}: reaches ${specifier}, the machine road has no framework`)
        if (target !== null && !seen.has(target)) {
          seen.add(target)
          open.push(target)
        }
      }
    }
  }
  return [...new Set(problems)].sort()
}

export function readFiles(roots = ['app', 'components', 'lib', 'db', 'server', 'proxy.ts']) {
  const files = new Map()
  const read = (name) => {
    if (statSync(name).isDirectory()) for (const entry of readdirSync(name)) read(`${name}/${entry}`)
    else if (/\.tsx?$/.test(name)) files.set(name, readFileSync(name, 'utf8'))
  }
  for (const root of roots) if (existsSync(root)) read(root)
  return files
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const problems = violationsOf(readFiles())
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.stdout.write(
    problems.length === 0 ? 'Imports point down.\n' : `${problems.length} imports do not point down.\n`,
  )
  process.exitCode = problems.length === 0 ? 0 : 1
}
