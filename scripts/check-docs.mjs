// Documents and comments cite what exists: repository paths, records of decisions, passages of documents. `npm run verify`
// fails on a citation that leads nowhere; check-docs.test.ts plants such citations and sees each of them fail.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const ROOTS = [
  'app',
  'bench',
  'components',
  'db',
  'deploy',
  'docs',
  'e2e',
  'lib',
  'messages',
  'public',
  'scripts',
  'server',
]
const SKIPPED =
  /(^|\/)(node_modules|dist|artifacts|test-results|playwright-report|coverage|\.next[^/]*|\.data|\.git|meta)$/
const CODE = /\.(ts|tsx|mjs|css|sql)$/
const DOCUMENT = /\.md$|^\.env\.example$/
// Written by scripts, absent from a fresh clone.
const MADE = ['bench/results', 'public/wallet']
const EXTENSIONS = ['', '.ts', '.tsx', '.mjs', '.md', '.sql', '.json']

// A path is preceded by nothing that would make it part of something longer: a URL, an npm package, an endpoint.
const PATH = new RegExp(`(?<![\\w./@{$-])(?:${ROOTS.join('|')})/[\\w./()[\\]*<>{},…-]*`, 'g')
const RECORD = /\bADR-(\d{4})\b/g
const PASSAGE = /(?<![\w/-])([a-z][a-z-]*\.md)(?:, ["“]?([A-Z][A-Za-z_]*(?: [A-Za-z_]+)*))?/g
const LINK = /\]\(([^)\s]+)\)/g
// What stands for a name rather than being one: *, <domain>, {a,b}, …, NNNN, DATE.
const PLACEHOLDER = /[*<>{},…]|^[A-Z]{4,}([.-]|$)/

/** The comments of a source text, line by line: [line number, text]. Strings are stepped over. */
export function commentsOf(text, file) {
  const comments = []
  const pattern = file.endsWith('.sql')
    ? /'(?:[^'])*'|--[^\n]*/g
    : file.endsWith('.css')
      ? /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\//g
      : /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\/|(?<![:\w])\/\/[^\n]*/g
  for (const { 0: found, index } of text.matchAll(pattern)) {
    if (!/^(\/[/*]|--)/.test(found)) continue
    const first = text.slice(0, index).split('\n').length
    found.split('\n').forEach((line, offset) => {
      comments.push([first + offset, line])
    })
  }
  return comments
}

function linesOf(file, text) {
  return DOCUMENT.test(file) ? text.split('\n').map((line, index) => [index + 1, line]) : commentsOf(text, file)
}

/** Without the punctuation of the sentence around it, and without a bracket that was opened before it. */
function trimPath(found) {
  let trimmed = found.split('](', 1)[0]
  for (;;) {
    const last = trimmed.at(-1)
    const opens = { ')': '(', ']': '[', '}': '{', '>': '<' }[last]
    const lonely = opens && trimmed.split(opens).length < trimmed.split(last).length
    if (lonely || /[.,/…]/.test(last ?? '')) trimmed = trimmed.slice(0, -1)
    else return trimmed
  }
}

/** Whether a cited path leads somewhere; of one with placeholders, the part before the first of them. */
function leadsSomewhere(cited, exists) {
  if (MADE.some((made) => cited === made || cited.startsWith(`${made}/`))) return true
  if (EXTENSIONS.some((extension) => exists(cited + extension))) return true
  const segments = cited.split('/')
  const first = segments.findIndex((segment) => PLACEHOLDER.test(segment))
  return first > 0 && exists(segments.slice(0, first).join('/'))
}

/**
 * @param {Map<string, string>} files path → text of documents and sources
 * @param {(path: string) => boolean} exists
 * @returns one sentence per citation that leads nowhere
 */
export function problemsOf(files, exists) {
  const problems = []
  const records = [...files.keys()].map((file) => /^docs\/decisions\/(\d{4})-/.exec(file)?.[1])
  for (const [file, text] of files) {
    for (const [number, line] of linesOf(file, text)) {
      const at = `${file}:${number}`
      for (const [found] of line.matchAll(PATH)) {
        const cited = trimPath(found)
        if (!leadsSomewhere(cited, exists)) problems.push(`${at}: ${cited} does not exist`)
      }
      for (const [, record] of line.matchAll(RECORD)) {
        if (!records.includes(record)) problems.push(`${at}: docs/decisions has no record ${record}`)
      }
      for (const [, name, passage] of line.matchAll(PASSAGE)) {
        const document = [path.posix.join(path.posix.dirname(file), name), `docs/${name}`].find((one) => files.has(one))
        if (!document) problems.push(`${at}: there is no document ${name}`)
        else if (passage && !files.get(document).includes(passage))
          problems.push(`${at}: ${document} says nothing about “${passage}”`)
      }
      if (!file.endsWith('.md')) continue
      for (const [, target] of line.matchAll(LINK)) {
        if (/^[a-z]+:|^#/.test(target)) continue
        const cited = path.posix.join(path.posix.dirname(file), target.split('#', 1)[0])
        if (!exists(cited)) problems.push(`${at}: the link to ${target} leads nowhere`)
      }
    }
  }
  problems.push(...doubledRecords(records))
  return [...new Set(problems)]
}

function doubledRecords(records) {
  const numbers = records.filter(Boolean)
  return numbers
    .filter((number, index) => numbers.indexOf(number) !== index)
    .map((number) => `docs/decisions: two records have the number ${number}`)
}

export function readTree(root = '.') {
  const files = new Map()
  const read = (directory) => {
    for (const name of readdirSync(path.join(root, directory))) {
      const file = directory === '' ? name : `${directory}/${name}`
      if (SKIPPED.test(file) || (name.startsWith('.') && name !== '.env.example')) continue
      if (statSync(path.join(root, file)).isDirectory()) {
        read(file)
      } else if (CODE.test(file) || DOCUMENT.test(file)) files.set(file, readFileSync(path.join(root, file), 'utf8'))
    }
  }
  read('')
  return files
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const files = readTree()
  const problems = problemsOf(files, existsSync)
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.stdout.write(
    problems.length === 0 ? 'Every citation leads somewhere.\n' : `${problems.length} citations lead nowhere.\n`,
  )
  process.exitCode = problems.length === 0 ? 0 : 1
}
