import { X509Certificate } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { addDays } from '@/lib/core/time'
import { developmentCertificate } from './development-certificate'
import { makeTemporaryDirectory } from './testing'

const now = new Date('2026-11-24T12:00:00Z')
const names = ['localhost', '127.0.0.1', '::1']

test('the same until a month before its end, then a new one of the same CA', async () => {
  const directory = await makeTemporaryDirectory()
  const first = await developmentCertificate(directory, names, now)
  expect(await developmentCertificate(directory, names, addDays(now, 59))).toEqual(first)
  const second = await developmentCertificate(directory, names, addDays(now, 61))
  expect(second.key).not.toBe(first.key)
  const ca = new X509Certificate(await readFile(path.join(directory, 'tls', 'ca.pem')))
  for (const { cert, key } of [first, second]) {
    const certificate = new X509Certificate(cert)
    expect(certificate.verify(ca.publicKey)).toBe(true)
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkIP('::1')).toBe('::1')
    expect(key).toContain('BEGIN PRIVATE KEY')
  }
  expect(new Date(new X509Certificate(second.cert).validTo) > addDays(now, 140)).toBe(true)
})

test('another name needs another one; fewer names do not', async () => {
  const directory = await makeTemporaryDirectory()
  const first = await developmentCertificate(directory, names, now)
  expect(await developmentCertificate(directory, ['localhost'], now)).toEqual(first)
  const second = await developmentCertificate(directory, [...names, 'portal.example'], now)
  expect(new X509Certificate(second.cert).checkHost('portal.example')).toBe('portal.example')
})

test('keys are for their owner alone, and so is a renewed one', async () => {
  const directory = await makeTemporaryDirectory()
  const modeOf = async (name: string) => ((await stat(path.join(directory, 'tls', name))).mode & 0o777).toString(8)
  for (const at of [now, addDays(now, 70)]) {
    await developmentCertificate(directory, names, at)
    expect([await modeOf('.'), await modeOf('ca.key'), await modeOf('server.pem')]).toEqual(['700', '600', '600'])
  }
})

test('many processes at once end up with one CA and a pair that fits, and leave no drafts', async () => {
  const directory = await makeTemporaryDirectory()
  await Promise.all(Array.from({ length: 8 }, () => developmentCertificate(directory, names, now)))
  const { cert, key } = await developmentCertificate(directory, names, now)
  const ca = new X509Certificate(await readFile(path.join(directory, 'tls', 'ca.pem')))
  const certificate = new X509Certificate(cert)
  expect(certificate.verify(ca.publicKey)).toBe(true)
  expect(key).toContain(cert.slice(0, 60))
  expect(await readdir(directory)).toEqual(['tls'])
  expect((await readdir(path.join(directory, 'tls'))).sort()).toEqual(['ca.key', 'ca.pem', 'server.pem'])
})
