import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { setDatabase } from '@/db/client'
import { connectReplica, testDatabase } from '@/db/testing'
import { nextIntl } from '@/lib/http/testing'
import { formAction, publicFormAction } from './form-action'
import { IDLE } from './form-state'

vi.mock('next/headers', async () => {
  const { nextHeaders } = await import('@/lib/http/testing')
  const { newOpaqueToken } = await import('@/lib/core/secrets')
  const cookie = { value: newOpaqueToken() }
  return { ...nextHeaders, cookies: async () => ({ get: () => cookie, has: () => true }) }
})
vi.mock('next-intl/server', async () => (await import('@/lib/http/testing')).nextIntl)

const connected = await testDatabase()

test('a form that is sent while the database is away keeps what was typed, but no password', async () => {
  const away = await connectReplica(connected.url)
  await away.close()
  setDatabase(away)
  const schema = z.object({ name: z.string(), password: z.string() })
  const form = new FormData()
  form.set('name', 'Bilancio')
  form.set('password', 'seven quiet lanterns')
  const touch = async ({ db }: { db: typeof away.db }) => db.execute('select 1')
  const t = await nextIntl.getTranslations('Errors')
  const kept = { status: 'invalid', message: t('database-away'), fieldErrors: {}, values: { name: 'Bilancio' } }
  expect(await formAction(schema, touch, { area: 'portal' })(IDLE, form)).toEqual(kept)
  expect(await publicFormAction(schema, touch)(IDLE, form)).toEqual(kept)
  setDatabase(connected)
})

test('a fault that is not the database’s way is the error page’s', async () => {
  const broken = publicFormAction(z.object({}), async () => {
    throw new Error('a fault')
  })
  await expect(broken(IDLE, new FormData())).rejects.toThrow('a fault')
})
