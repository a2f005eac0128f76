import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { aKey, aName, toPem } from '@/lib/certificates/testing/make-certificate'
import { makeChain, NOW } from '@/lib/certificates/testing/make-chain'
import { runCommand } from './run-command'

const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-check-'))
afterAll(() => rm(directory, { recursive: true, force: true }))
const AT = ['--at', NOW.toISOString()]
const made = makeChain()

async function file(name: string, content: string | Buffer): Promise<string> {
  const written = path.join(directory, name)
  await writeFile(written, content)
  return written
}

async function check(...args: string[]) {
  const open = async () => {
    throw new Error('it works without a database')
  }
  let stdout = ''
  const { code, stderr } = await runCommand(['certificate', 'check', ...args], open, async (told) => {
    stdout += told
  })
  const reports =
    code === 2
      ? []
      : stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
  return { code, reports, stderr, stdout }
}

describe('certificate check', () => {
  test('one report for each file, in the shape of the contract, offline', async () => {
    const good = await file('good.pem', made.pem)
    const reversed = await file('reversed.pem', toPem(...[...made.all].reverse()))
    const anchor = await file('anchor.pem', toPem(makeChain({ root: { subject: aName({ CN: 'x' }) } }).root, made.root))
    const accepted = await check(good, '--anchor', anchor, ...AT)
    expect(accepted).toMatchObject({ code: 0, stderr: '', reports: [{ file: good, verdict: 'accept' }] })
    const both = await check(good, reversed, '--json', '--anchor', anchor, ...AT)
    expect(both).toMatchObject({ code: 1, reports: [{ verdict: 'accept' }, { file: reversed, verdict: 'reject' }] })
    expect(Object.keys(both.reports[1])).toEqual(['file', 'verdict', 'findings'])
    expect(both.reports[1].findings[0]).toEqual({
      code: 'order-reversed',
      severity: 'error',
      certificate: 0,
      lines: [1, 12],
      message: expect.any(String),
      fix: expect.any(String),
    })
    expect(await check(good, ...AT)).toMatchObject({ code: 1, reports: [{ verdict: 'review' }] })
  })

  test('an anchor may be DER', async () => {
    const der = await file('root.der', made.root)
    const good = await file('good.pem', made.pem)
    expect(await check(good, '--anchor', der, '--at', '2026-06-15')).toMatchObject({ code: 0 })
  })

  test('a file that cannot be read is a report; a private key is refused and not repeated', async () => {
    const key = aKey().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const leaked = await file('leaked.pem', made.pem + key)
    const outcome = await check(path.join(directory, 'missing.pem'), directory, leaked, ...AT)
    expect(outcome).toMatchObject({ code: 1, stderr: '' })
    expect(outcome.reports.map(({ findings }) => findings[0].code)).toEqual([
      'file-unreadable',
      'file-unreadable',
      'private-key',
    ])
    expect(outcome.stdout).not.toContain(key.split('\n')[1])
  })

  test('what is not understood ends with 2', async () => {
    const good = await file('good.pem', made.pem)
    const text = await file('text.pem', 'nothing')
    for (const args of [
      [],
      [good, '--at', 'tomorrow'],
      [good, '--at', '2026-02-30'],
      [good, '--at', '1780000000'],
      [good, '--anchor', path.join(directory, 'missing.pem')],
      [good, '--anchor', text],
    ]) {
      expect(await check(...args)).toMatchObject({ code: 2, stdout: '' })
    }
  })
})
