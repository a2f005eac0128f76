import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commentsOf, problemsOf, readTree } from './check-docs.mjs'

/** What a planted text adds to the problems of a small tree. */
function problemsWith(file: string, text: string): string[] {
  const files = new Map([
    ['docs/contract.md', '# Contract\n\n## Family A\n'],
    ['docs/decisions/0001-floors.md', '# Floors\n'],
    [file, text],
  ])
  const existing = new Set([
    'docs/contract.md',
    'docs/decisions/0001-floors.md',
    'lib/core',
    'lib/core/ids.ts',
    'app/(portal)',
  ])
  return problemsOf(files, (path) => existing.has(path))
}

test('every citation of this tree leads somewhere', () => {
  expect(problemsOf(readTree(), existsSync)).toEqual([])
})

test('a path that does not exist is found in documents and in comments', () => {
  expect(problemsWith('README.md', 'See `lib/core/gone.ts`.')).toEqual(['README.md:1: lib/core/gone.ts does not exist'])
  expect(problemsWith('lib/core/a.ts', '\n/**\n * As in lib/core/gone.ts.\n */')).toHaveLength(1)
  expect(problemsWith('lib/core/a.ts', 'const a = 1 // see docs/gone.md')).toHaveLength(1)
  expect(problemsWith('db/migrations/0001.sql', '-- db/gone.ts makes these')).toHaveLength(1)
})

test('what exists is found with and without its extension, in brackets and at the end of a sentence', () => {
  for (const cited of ['lib/core/ids.ts', 'lib/core/ids', 'lib/core/', 'app/(portal)']) {
    expect(problemsWith('README.md', `Look there (${cited}), or at ${cited}.`)).toEqual([])
  }
})

test('of a path with a placeholder, the part before it must exist', () => {
  expect(problemsWith('README.md', 'lib/core/*.ts, lib/core/<name>/store.ts and docs/decisions/NNNN-title.md')).toEqual(
    ['README.md:1: docs/decisions/NNNN-title.md does not exist'],
  )
  expect(problemsWith('README.md', 'lib/gone/*.ts')).toHaveLength(1)
})

test('strings, URLs, packages and endpoints are no citations', () => {
  const code = "const a = 'lib/core/gone.ts' // https://example.org/docs/gone, @scope/lib/gone, /app/gone"
  expect(problemsWith('lib/core/a.ts', code)).toEqual([])
  expect(commentsOf("const url = 'http://x' // seen", 'a.ts')).toEqual([[1, '// seen']])
})

test('a record, a document and a passage that are not there are found', () => {
  expect(problemsWith('lib/core/a.ts', '// ADR-0001, contract.md, Family A')).toEqual([])
  expect(problemsWith('lib/core/a.ts', '// ADR-0099')).toHaveLength(1)
  expect(problemsWith('lib/core/a.ts', '// contract.md, Family Z')).toHaveLength(1)
  expect(problemsWith('lib/core/a.ts', '// gone.md')).toHaveLength(1)
})

test('a link of a document is followed from where it stands', () => {
  expect(problemsWith('docs/a.md', '[contract](contract.md#family-a)')).toEqual([])
  expect(problemsWith('README.md', '[core](lib/core), [docs/contract.md](docs/contract.md)')).toEqual([])
  expect(problemsWith('docs/a.md', '[gone](decisions/gone)')).toHaveLength(1)
})

test('two records with one number are found', () => {
  expect(problemsWith('docs/decisions/0001-other.md', '# Other')).toHaveLength(1)
})
