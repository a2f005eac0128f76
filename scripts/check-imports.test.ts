import { expect, test } from 'vitest'
import { readFiles, violationsOf } from './check-imports.mjs'

function problemsWith(file: string, text: string): string[] {
  return violationsOf(new Map([...readFiles(), [file, text]])).filter((problem) => problem.startsWith(`${file}:`))
}

test('the imports of this tree point down', () => {
  expect(violationsOf(readFiles())).toEqual([])
})

test('a planted import that points up is found, a type-only one too', () => {
  expect(problemsWith('lib/core/planted.ts', "import { env } from '@/lib/env/env'")).toHaveLength(1)
  expect(problemsWith('lib/people/planted.ts', "import { issueToken } from '@/lib/oauth/issue-token'")).toHaveLength(1)
  expect(
    problemsWith('lib/oauth/planted.ts', "import type { MachineHandler } from '../http/machine-endpoint'"),
  ).toHaveLength(1)
  expect(problemsWith('lib/audit/planted.ts', "const a = await import('@/lib/people/password')")).toHaveLength(1)
})

test('a framework below floor 3 is found', () => {
  expect(problemsWith('lib/people/planted.ts', "import { cookies } from 'next/headers'")).toHaveLength(1)
  expect(problemsWith('lib/session/planted.ts', "import { cookies } from 'next/headers'")).toHaveLength(0)
})

test('the store of another domain is found', () => {
  const store = new Map([...readFiles(), ['lib/people/store.ts', 'export {}']])
  store.set('lib/oauth/planted.ts', "import * as store from '@/lib/people/store'")
  expect(violationsOf(store).filter((problem) => problem.startsWith('lib/oauth/planted.ts'))).toHaveLength(1)
})

test('a machine route that reaches Next, however far away, is found', () => {
  const files = new Map([...readFiles(), ['lib/http/planted.ts', "import { cookies } from 'next/headers'"]])
  files.set('app/oa2/v1/planted/route.ts', "import { x } from '@/lib/http/planted'")
  expect(violationsOf(files).filter((problem) => problem.startsWith('app/oa2/v1/planted/route.ts'))).toHaveLength(1)
})

test('a client component that imports a verb is found, its schema and types are fine', () => {
  const verb = "'use client'\nimport { issueToken } from '@/lib/oauth/issue-token'"
  expect(problemsWith('components/planted.tsx', verb)).toHaveLength(1)
  const fine =
    "'use client'\nimport type { TokenPair } from '@/lib/oauth/token-pair'\nimport { RefreshRequest } from '@/lib/oauth/schema'"
  expect(problemsWith('components/planted.tsx', fine)).toHaveLength(0)
})

test('an import of what does not exist is found', () => {
  expect(problemsWith('lib/core/planted.ts', "import { x } from './missing'")).toHaveLength(1)
})
