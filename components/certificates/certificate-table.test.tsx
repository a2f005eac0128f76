import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { testQcStatements } from '@/lib/certificates/qc-statements'
import type { ChainCertificate } from '@/lib/certificates/schema'
import { reportOf } from '@/lib/certificates/testing/find-faults'
import { makeChain, NOW } from '@/lib/certificates/testing/make-chain'
import { oid, sequence } from '@/lib/certificates/testing/write-der'
import { CertificateTable } from './certificate-table'

const QC_COMPLIANCE = sequence(oid('0.4.0.1862.1.1'))

async function shown(statements: Buffer): Promise<string> {
  const made = makeChain({ leaf: { more: [{ oid: '1.3.6.1.5.5.7.1.3', value: statements }] } })
  const { certificates } = await reportOf({ bytes: made.pem, anchors: made.anchors })
  const markup = renderToStaticMarkup(
    <CertificateTable certificate={certificates[0] as ChainCertificate} at={NOW.toISOString()} />,
  )
  return markup.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
}

test('a type alone does not make a certificate qualified: the statement of compliance does', async () => {
  const typed = testQcStatements(['PSP_AI'], { name: 'Test', id: 'XX-TEST' })
  expect(await shown(typed)).toMatch(/Qualified no.* Type QWAC \(web\)/)
  const qualified = sequence(QC_COMPLIANCE, typed.subarray(typed[1] === 0x81 ? 3 : 2))
  expect(await shown(qualified)).toMatch(/Qualified yes Type QWAC \(web\)/)
})
