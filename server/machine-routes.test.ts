import { globSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { isMachinePath, MACHINE_ROUTES, type Method, matchMachineRoute } from './machine-routes'

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE']
const files = globSync('app/{oa2,oauth2,shop,v1,.well-known}/**/route.ts').sort()

test('every machine route file is in the table, with exactly the methods that it exports', async () => {
  expect(files.length).toBeGreaterThan(0)
  expect(MACHINE_ROUTES.map(({ path }) => `app${path}/route.ts`).sort()).toEqual(files)
  for (const file of files) {
    const exported = Object.keys(await import(/* @vite-ignore */ path.resolve(file)))
    const route = MACHINE_ROUTES.find(({ path }) => `app${path}/route.ts` === file)
    expect(METHODS.filter((method) => exported.includes(method))).toEqual(
      METHODS.filter((method) => route?.handlers[method]),
    )
    expect(exported.filter((name) => !(METHODS as readonly string[]).includes(name))).toEqual([])
  }
})

test('paths match exactly: case, empty segments and further segments are not found', () => {
  expect(matchMachineRoute('/oa2/v1/connection/CON123')?.params).toEqual({ id: 'CON123' })
  for (const path of [
    '/oa2/v1/cc/Token',
    '/oa2/v1/cc/token/',
    '/oa2/v1/connection/',
    '/oa2/v1/connection/a/b',
    '/oa2/v1',
    '/oa2',
  ]) {
    expect(matchMachineRoute(path)).toBeNull()
    expect(isMachinePath(path)).toBe(true)
  }
  expect(isMachinePath('/oa2x')).toBe(false)
  expect(isMachinePath('/OA2/v1/cc/token')).toBe(true)
})
