import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export type ReceivedMail = { from: string; to: string[]; encrypted: boolean; user: string | null; mail: Email }

type Answer = { code: number; message: string } | null

/** A mail server for tests, on localhost: keeps what it takes, refuses what the test tells it to. */
export class TestMailServer {
  readonly received: ReceivedMail[] = []
  connections = 0
  /** What a recipient is refused with; null takes it. */
  recipient: (address: string) => Answer = () => null
  /** What a whole message is refused with. */
  message: () => Answer = () => null
  readonly #server: SMTPServer

  constructor(options: SMTPServerOptions = {}) {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: options.cert ? [] : ['STARTTLS'],
      logger: false,
      ...options,
      onConnect: (_session, done) => {
        this.connections += 1
        done()
      },
      onAuth: ({ username, password }, _session, done) => {
        if (password === 'right') done(null, { user: username })
        else done(refusal({ code: 535, message: 'wrong password' }))
      },
      onRcptTo: ({ address }, _session, done) => done(refusal(this.recipient(address))),
      onData: async (stream, { envelope, secure, user }, done) => {
        const chunks: Buffer[] = []
        for await (const chunk of stream) chunks.push(chunk as Buffer)
        const answer = this.message()
        if (answer) return done(refusal(answer))
        this.received.push({
          from: envelope.mailFrom ? envelope.mailFrom.address : '',
          to: envelope.rcptTo.map(({ address }) => address),
          encrypted: secure,
          user: (user as string | undefined) ?? null,
          mail: await PostalMime.parse(Buffer.concat(chunks)),
        })
        done()
      },
    })
    this.#server.on('error', () => undefined) // a client that hangs up is what some tests are about
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
    return this
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port
  }

  /** For SMTP_URL. */
  url(credentials = ''): string {
    return `smtp://${credentials}localhost:${this.port}`
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve))
  }
}

function refusal(answer: Answer): Error | null {
  return answer && Object.assign(new Error(answer.message), { responseCode: answer.code })
}

/** A certificate for localhost that vouches for itself. */
export function aServerCertificate(): { key: string; cert: string } {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'countersign-mail-'))
  const [key, cert] = [path.join(directory, 'key.pem'), path.join(directory, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2']
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const pair = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  rmSync(directory, { recursive: true })
  return pair
}
