import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { MAX_BYTES } from '../schema'
import { faultsOf, reportOf } from '../testing/find-faults'
import { aKey, aName, keyInfoOf, toPem } from '../testing/make-certificate'
import { makeChain } from '../testing/make-chain'
import { bits, explicit, integer, nothing, oid, printable, sequence, set, time, tlv } from '../testing/write-der'
import { encodePem } from './base64'

const chain = makeChain()
const { pem, leaf } = chain
const ecdsa = sequence(oid('1.2.840.10045.4.3.2'))
const request = sequence(
  sequence(integer(0), aName({ CN: 'x' }), keyInfoOf(aKey()), explicit(0)),
  ecdsa,
  bits(Buffer.alloc(70, 1)),
)
const list = sequence(
  sequence(integer(1), ecdsa, aName({ CN: 'x' }), time(new Date('2026-01-01T00:00:00Z'))),
  ecdsa,
  bits(Buffer.alloc(70, 1)),
)
const bundle = sequence(oid('1.2.840.113549.1.7.2'), explicit(0, sequence(integer(1))))
const store = sequence(integer(3), sequence(oid('1.2.840.113549.1.7.1'), explicit(0, tlv(0x04, Buffer.alloc(20)))))
const block = (label: string, der: Buffer) => encodePem(der).replaceAll('CERTIFICATE', label)

describe('what is no PEM text gets its own answer', () => {
  test.each<[string, Uint8Array | string, string]>([
    ['nothing', '', 'file-empty'],
    ['white space', ' \r\n\t', 'file-empty'],
    ['DER', leaf, 'format-der'],
    ['a request', request, 'format-csr'],
    ['a request as PEM', block('CERTIFICATE REQUEST', request), 'format-csr'],
    ['an old request as PEM', block('NEW CERTIFICATE REQUEST', request), 'format-csr'],
    ['a revocation list', list, 'format-crl'],
    ['a revocation list as PEM', block('X509 CRL', list), 'format-crl'],
    ['PKCS#7', bundle, 'format-pkcs7'],
    ['PKCS#7 as PEM', block('PKCS7', bundle), 'format-pkcs7'],
    ['PKCS#7 in BER', Buffer.from('308006092a864886f70d010702a080', 'hex'), 'format-pkcs7'],
    ['PKCS#12', store, 'format-pkcs12'],
    ['PKCS#12 as PEM', block('CERTIFICATE', store), 'format-pkcs12'],
    ['a Java key store', Buffer.from('feedfeed000000020000', 'hex'), 'format-jks'],
    ['ZIP', Buffer.from('PK\x03\x04\x14\x00', 'latin1'), 'format-zip'],
    ['gzip', gzipSync(pem), 'format-gzip'],
    ['HTML', '<!DOCTYPE html><html><body>Sign in</body></html>', 'format-html'],
    ['UTF-16', Buffer.from(`\ufeff${pem}`, 'utf16le'), 'format-utf16'],
    ['UTF-16 without a mark', Buffer.from(pem, 'utf16le'), 'format-utf16'],
    ['something binary', Buffer.alloc(300, 5), 'format-unknown'],
    ['prose', 'My certificate is attached.', 'certificate-none'],
    ['base64 without labels', leaf.toString('base64'), 'pem-labels-missing'],
    ['escaped line breaks', JSON.stringify(pem), 'pem-escaped'],
    ['URL-encoded text', encodeURIComponent(pem), 'pem-url-encoded'],
    ['a form', new URLSearchParams({ pem }).toString(), 'pem-url-encoded'],
  ])('%s', async (_, bytes, code) => {
    const report = await reportOf({ bytes })
    expect(report).toMatchObject({ verdict: 'reject', certificates: [] })
    expect(report.findings.map((entry) => entry.code)).toEqual([code])
    expect(report.findings[0]?.fix).not.toBe('')
  })

  test('a file is read up to its limit and no further', async () => {
    const filled = (size: number) => `${pem}${'\n'.repeat(size - pem.length)}`
    expect(await faultsOf(filled(MAX_BYTES))).toEqual([])
    expect(await faultsOf(filled(MAX_BYTES + 1))).toEqual(['file-too-large@file'])
  })

  test('ten certificates are read, eleven are not', async () => {
    expect(await faultsOf(makeChain({ depth: 8 }).pem)).toEqual([])
    expect(await faultsOf(makeChain({ depth: 9 }).pem)).toEqual(['too-many-certificates@file'])
  })

  test('a private key stops everything: nothing else of the file is in the report', async () => {
    const key = aKey().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const report = await reportOf({ bytes: pem + key })
    expect(report).toMatchObject({ verdict: 'reject', certificates: [], links: [], reordered: null })
    expect(report.findings).toMatchObject([{ code: 'private-key', certificate: null }])
    expect(report.findings[0]?.lines?.[0]).toBe(pem.split('\n').length)
    expect(JSON.stringify(report)).not.toContain(key.split('\n')[1])
  })
})

describe('what RFC 7468 allows is let through', () => {
  test.each([
    ['CRLF', pem.replaceAll('\n', '\r\n')],
    ['CR alone', pem.replaceAll('\n', '\r')],
    ['a byte order mark', `\ufeff${pem}`],
    ['text outside the blocks', `subject=/CN=Zażółć\n${pem}\nthe end`],
    ['spaces after the boundaries', pem.replaceAll('-----\n', '-----  \n')],
    ['lines of another length', toPem(...chain.all).replace(/(.{64})\n(?=[^-])/g, '$1')],
    ['no line break at the end', pem.trimEnd()],
  ])('%s', async (_, text) => expect(await faultsOf(text)).toEqual([]))
})

describe('what is wrong with the text is named with its lines', () => {
  const lines = pem.split('\n')
  const second = lines.indexOf('-----END CERTIFICATE-----') + 1

  test.each<[string, string | Uint8Array, string[]]>([
    ['a NUL', pem.replace('\n', '\n\0'), ['nul-byte@file']],
    [
      'a byte that is not UTF-8',
      Buffer.concat([Buffer.from('Soci\xe9t\xe9\n', 'latin1'), Buffer.from(pem)]),
      ['utf8-invalid@file'],
    ],
    ['a boundary in lower case', pem.replace('BEGIN CERTIFICATE', 'begin certificate'), ['boundary-malformed@0']],
    ['four hyphens', pem.replace('-----BEGIN', '----BEGIN'), ['boundary-malformed@0']],
    ['typographic dashes', pem.replace('-----BEGIN', '—–BEGIN'), ['boundary-malformed@0']],
    ['an END without BEGIN', `-----END CERTIFICATE-----\n${pem}`, ['end-unmatched@file']],
    ['an END of another label', pem.replace('END CERTIFICATE', 'END X509 CERTIFICATE'), ['end-unmatched@0']],
    ['a lost END', lines.filter((_, index) => index !== second - 1).join('\n'), ['begin-inside-block@0']],
    ['a lost last END', pem.trimEnd().split('\n').slice(0, -1).join('\n'), ['end-missing@2']],
    ['headers', pem.replace('-----\n', '-----\nProc-Type: 4,CLEAR\n\n'), ['pem-headers@0']],
    [
      'an old label',
      pem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'),
      ['label-deprecated@0', 'label-deprecated@1', 'label-deprecated@2'],
    ],
    [
      'a trusted certificate',
      toPem(leaf).replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE') + toPem(...chain.all.slice(1)),
      ['label-trusted@0'],
    ],
    ['another block', pem + block('PUBLIC KEY', keyInfoOf(aKey())), ['block-foreign@file']],
    ['a character that is not base64', pem.replace('\nM', '\n*'), ['base64-invalid@0']],
    ['base64url', pem.replace(/\+|\//, '_'), ['base64-invalid']],
    ['one character too few', pem.replace(/.\n-----END/, '\n-----END'), ['base64-invalid@0']],
  ])('%s', async (_, text, faults) => {
    const found = await faultsOf(text)
    expect(faults[0]?.includes('@') ? found : found.map((fault) => fault.split('@')[0])).toEqual(faults)
  })

  test('a block on one line', async () => {
    const flat = pem.replace(/\n(?!-----BEGIN|$)/g, '').trim()
    expect(await faultsOf(flat)).toEqual(['pem-one-line@0', 'pem-one-line@1', 'pem-one-line@2'])
  })

  test('an indented file is one fault for each boundary, and is read on', async () => {
    const report = await reportOf({ bytes: pem.replace(/^/gm, '  ') })
    expect(new Set(report.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code))).toEqual(
      new Set(['boundary-malformed']),
    )
    expect(report.certificates).toHaveLength(3)
  })
})

describe('one certificate in DER, and nothing else', () => {
  const withFirst = (der: Buffer) => toPem(der, ...chain.all.slice(1))

  test.each<[string, Buffer, string]>([
    ['bytes after it', Buffer.concat([leaf, Buffer.from([1, 2, 3])]), 'der-trailing-bytes'],
    ['a second value', Buffer.concat([leaf, nothing()]), 'der-several-values'],
    ['its end is missing', leaf.subarray(0, -10), 'der-truncated'],
    [
      'its length is longer than need be',
      Buffer.concat([Buffer.from('308300', 'hex'), leaf.subarray(2)]),
      'der-not-canonical',
    ],
    [
      'its length is indefinite',
      Buffer.concat([Buffer.from('3080', 'hex'), leaf.subarray(4), Buffer.alloc(2)]),
      'der-not-canonical',
    ],
    ['it is a request', request, 'format-csr'],
    ['it is a list', list, 'format-crl'],
    ['it is something else', sequence(set(printable('x'))), 'certificate-malformed'],
    ['it is a number', integer(7), 'certificate-malformed'],
  ])('%s', async (_, der, code) => expect(await faultsOf(withFirst(der))).toEqual([`${code}@0`]))

  test('too many values end the reading', async () => {
    const huge = sequence(...Array.from({ length: 25_000 }, nothing))
    expect(await faultsOf(withFirst(huge))).toContain('der-too-complex@0')
  })
})
