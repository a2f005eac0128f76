import { expect, test } from 'vitest'
import type { OperationFacts } from '@/lib/dispositions/operation'
import { statementText } from '@/lib/dispositions/prepare-acceptance'
import { LOCALES } from '@/lib/dispositions/schema'
import { describeConnection } from './describe-connection'

const facts: OperationFacts = {
  environment: 'sandbox',
  application: {
    id: 'app_1',
    name: 'Corner {Shop} <b>Till</b>',
    hasLogo: false,
    ownerName: null,
    ownerVerified: false,
  },
  account: { id: 'acc_1', name: 'Main account', ibanMasked: 'IT60 •••• 3456', currency: 'EUR', customerName: 'Rossi' },
  reference: 'Order 7',
  asked: null,
  now: new Date('2026-11-02T10:00:00Z'),
}

test('in every language the statement names application, account, end and reference, and misses no word', () => {
  for (const locale of LOCALES) {
    const text = statementText(describeConnection(facts, locale))
    for (const part of [facts.application.name, 'IT60 •••• 3456', 'Rossi', 'Order 7']) expect(text).toContain(part)
    expect(text).not.toMatch(/Connections\.|statement\./)
  }
})

test('the owner is named only when verified, and production is not called a sandbox', () => {
  const verified = { ...facts.application, ownerName: 'Corner Shop Srl', ownerVerified: true }
  const text = statementText(describeConnection({ ...facts, environment: 'production', application: verified }, 'en'))
  expect(text).toContain('Run by: Corner Shop Srl')
  expect(text).not.toMatch(/sandbox/i)
  expect(statementText(describeConnection(facts, 'en'))).toContain('Run by: Not verified by us')
})

test('the same facts are the same text, so that its hash means something', () => {
  expect(statementText(describeConnection(facts, 'it'))).toBe(statementText(describeConnection(facts, 'it')))
})
