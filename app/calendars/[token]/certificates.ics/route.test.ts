import { expect, test, vi } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { renewCalendar } from '@/lib/certificates/renew-calendar'
import { newOpaqueToken } from '@/lib/core/secrets'
import { callOwnRoute } from '@/lib/http/testing'
import { GET } from './route'

vi.mock('next/headers', async () => (await import('@/lib/http/testing')).nextHeaders)
vi.mock('next-intl/server', async () => (await import('@/lib/http/testing')).nextIntl)

const { db } = await testDatabase()

function ask(token: string, method?: string): Promise<Response> {
  return callOwnRoute(GET, { params: { token }, ...(method ? { method } : {}) })
}

async function anAddress(): Promise<string> {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  const application = await anApplication(db, customer.id)
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role: 'owner' }))
  const { url } = await renewCalendar(ctx, { applicationId: application.id })
  return new URL(url).pathname.split('/')[2] ?? ''
}

test('whoever has the address gets a calendar, which no cache keeps and no search engine lists', async () => {
  const token = await anAddress()
  for (const method of ['GET', 'HEAD']) {
    const response = await ask(token, method)
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/calendar; charset=utf-8',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    })
    expect(response.headers.get('x-request-id')).toMatch(/\S/)
    if (method === 'GET') expect(await response.text()).toMatch(/^BEGIN:VCALENDAR\r\n/)
  }
})

test('an address that is unknown, malformed or empty gets the same 404, to the byte but for its id', async () => {
  const answers: string[] = []
  for (const token of [newOpaqueToken(), 'x'.repeat(43), 'x', '%00', '']) {
    const response = await ask(token)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const body = (await response.text()).replace(response.headers.get('x-request-id') ?? '-', 'ID')
    answers.push(`${response.status} ${body}`)
  }
  expect(new Set(answers).size).toBe(1)
  expect(answers[0]).toMatch(/^404 /)
})
