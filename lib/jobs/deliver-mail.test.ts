import { createServer } from 'node:net'
import tls from 'node:tls'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { mailbox } from '@/db/schema/people'
import { testDatabase } from '@/db/testing'
import { seal } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import { deliverMail, transportOptions } from './deliver-mail'
import type { JobData } from './jobs'
import { aServerCertificate, TestMailServer } from './testing/mail-server'

const { db } = await testDatabase()
const JOB = '00000000-0000-4000-8000-000000000001'

function aMail(values: Partial<Omit<JobData['mail'], 'sealed'>> & { text?: string } = {}): JobData['mail'] {
  const { text = 'Hello', ...rest } = values
  const mail = { to: 'marco@example.test', name: 'Marco Bianchi', subject: 'Hello', ...rest }
  return { ...mail, sealed: seal(env().secretKeys, 'mail', text, mail.to).toString('base64') }
}

async function aServer(options?: ConstructorParameters<typeof TestMailServer>[0], credentials?: string) {
  const server = await new TestMailServer(options).listen()
  onTestFinished(() => server.close())
  sendThrough(server.url(credentials))
  return server
}

function sendThrough(url: string): void {
  vi.spyOn(env(), 'smtpUrl', 'get').mockReturnValue(url)
  vi.spyOn(env(), 'mailFrom', 'get').mockReturnValue('Countersign <no-reply@bank.test>')
}
afterEach(() => vi.restoreAllMocks())

test('a mail arrives as it was written, under an id that a second delivery would share', async () => {
  const server = await aServer()
  const delivery = await deliverMail(aMail({ subject: 'Your code', text: 'It is 123456.\n.\nBye\n' }), JOB)
  expect(delivery.outcome).toBe('accepted')
  expect(server.received).toHaveLength(1)
  const [{ from, to, mail }] = server.received as [(typeof server.received)[0]]
  expect({ from, to }).toEqual({ from: 'no-reply@bank.test', to: ['marco@example.test'] })
  expect(mail).toMatchObject({
    subject: 'Your code',
    from: { name: 'Countersign', address: 'no-reply@bank.test' },
    to: [{ name: 'Marco Bianchi', address: 'marco@example.test' }],
    messageId: `<${JOB}@localhost>`,
    text: 'It is 123456.\n.\nBye\n',
  })
  expect(mail.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated')
})

test('letters of every script survive in subject, name and text', async () => {
  const server = await aServer()
  const words = {
    name: 'Žofie Łukasiewicz 山田',
    subject: 'È stato aggiunto un autenticatore · مرحبا',
    text: 'Perché?\n',
  }
  await deliverMail(aMail(words), JOB)
  const [{ mail }] = server.received as [(typeof server.received)[0]]
  expect({ name: mail.to?.[0]?.name, subject: mail.subject, text: mail.text }).toEqual(words)
})

describe('what a stranger typed adds no header and no recipient', () => {
  test.each([
    ['a subject', { subject: 'Hi\r\nBcc: spy@evil.test\r\nX-Evil: 1\r\n\r\nbody' }],
    ['a name', { name: 'Marco\r\nBcc: spy@evil.test\r\nX-Evil: 1' }],
    ['a name that is an address', { name: 'Marco <spy@evil.test>, "Spy" <spy@evil.test>' }],
    ['a bare line feed', { name: 'Marco\nBcc: spy@evil.test', subject: 'Hi\nX-Evil: 1' }],
  ])('%s', async (_, values) => {
    const server = await aServer()
    await deliverMail(aMail(values), JOB)
    const [{ to, mail }] = server.received as [(typeof server.received)[0]]
    expect(to).toEqual(['marco@example.test'])
    expect(mail.to?.map(({ address }) => address)).toEqual(['marco@example.test'])
    expect(mail.bcc ?? []).toEqual([])
    expect(mail.headers.map(({ key }) => key)).not.toContain('x-evil')
    expect(mail.text).toBe('Hello\n')
  })
})

describe('encryption', () => {
  test('is used where the server offers it, and only with a server that proves its name', async () => {
    const pair = aServerCertificate()
    const server = await aServer(pair)
    await expect(deliverMail(aMail(), JOB)).rejects.toThrow('self-signed')
    expect(server.received).toEqual([])

    const trusted = tls.getCACertificates('default')
    tls.setDefaultCACertificates([...trusted, pair.cert])
    onTestFinished(() => tls.setDefaultCACertificates(trusted))
    await deliverMail(aMail(), JOB)
    expect(server.received).toMatchObject([{ encrypted: true }])
  })

  test('a password never leaves this machine without it, unless the address says so', () => {
    expect(transportOptions('smtp://us:pw@mail.example').requireTLS).toBe(true)
    expect(transportOptions('smtp://us:pw@127.0.0.1.example').requireTLS).toBe(true)
    for (const url of [
      'smtp://mail.example',
      'smtp://us:pw@localhost:25',
      'smtp://us:pw@[::1]',
      'smtp://us:pw@127.0.0.1',
    ]) {
      expect(transportOptions(url).requireTLS).toBe(false)
    }
  })
})

describe('signing in to the server', () => {
  test('happens with the name and password of the address, percent-encoded ones too', async () => {
    const server = await aServer({ allowInsecureAuth: true }, 'us%40bank.test:right@')
    await deliverMail(aMail(), JOB)
    expect(server.received).toMatchObject([{ user: 'us@bank.test' }])
  })

  test('a refused password keeps the mail for later: somebody will set it right', async () => {
    const server = await aServer({ allowInsecureAuth: true }, 'us:wrong@')
    await expect(deliverMail(aMail(), JOB)).rejects.toThrow('wrong password')
    expect(server.received).toEqual([])
  })
})

describe('a refusal', () => {
  test('for good of one recipient ends that mail and touches no other', async () => {
    const server = await aServer()
    server.recipient = (address) => (address === 'gone@example.test' ? { code: 550, message: 'no such user' } : null)
    const answer = expect.stringContaining('550')
    expect(await deliverMail(aMail({ to: 'gone@example.test' }), JOB)).toEqual({ outcome: 'refused', answer })
    expect(await deliverMail(aMail(), JOB)).toMatchObject({ outcome: 'accepted' })
    expect(server.received.map(({ to }) => to)).toEqual([['marco@example.test']])
  })

  test('of the message for good ends it; for now, at either step, keeps it', async () => {
    const server = await aServer()
    server.message = () => ({ code: 554, message: 'looks like spam' })
    expect(await deliverMail(aMail(), JOB)).toMatchObject({ outcome: 'refused' })
    server.message = () => ({ code: 452, message: 'disk is full' })
    await expect(deliverMail(aMail(), JOB)).rejects.toThrow('disk is full')
    server.recipient = () => ({ code: 450, message: 'greylisted' })
    await expect(deliverMail(aMail(), JOB)).rejects.toThrow('greylisted')
  })
})

test('a server that is away, or that never speaks, keeps the mail; neither is waited for without end', async () => {
  sendThrough('smtp://localhost:1')
  await expect(deliverMail(aMail(), JOB)).rejects.toMatchObject({ code: 'ESOCKET' })

  const silent = createServer(() => undefined)
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void silent.close())
  sendThrough(`smtp://127.0.0.1:${(silent.address() as { port: number }).port}?greetingTimeout=200`)
  await expect(deliverMail(aMail(), JOB)).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  const { url, requireTLS, disableFileAccess, disableUrlAccess, ...times } = transportOptions('smtp://localhost')
  expect(Math.max(...Object.values(times))).toBeLessThanOrEqual(20_000)
})

test('without a server a demo puts it into the mailbox; other installations keep it', async () => {
  await deliverMail(aMail({ subject: 'One' }), JOB)
  expect(await db.select({ subject: mailbox.subject, text: mailbox.text }).from(mailbox)).toEqual([
    { subject: 'One', text: 'Hello' },
  ])
  vi.spyOn(env(), 'demo', 'get').mockReturnValue(false)
  await expect(deliverMail(aMail(), JOB)).rejects.toThrow('no SMTP_URL')
})

test('a mail under a lost key, or moved to another address, goes to nobody', async () => {
  const server = await aServer()
  expect(await deliverMail({ ...aMail(), to: 'spy@evil.test' }, JOB)).toMatchObject({ outcome: 'unreadable' })
  expect(server.connections).toBe(0)
})
