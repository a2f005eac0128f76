import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { env } from '@/lib/env/env'

type DemoFile = { people: { email: string; password: string }[] }

const bold = (text: string) => paint(text, '1')
const dim = (text: string) => paint(text, '2')
const accent = (text: string) => paint(text, '36')

function paint(text: string, code: string): string {
  return process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[${code}m${text}\u001b[0m` : text
}

/** What a person who has just started Countersign wants to know: where it is, and how to sign in. */
export async function printBanner(seconds: number, ports: { oneWay: number; twoWay: number } | null): Promise<void> {
  const { publicUrl, demo } = env()
  const lines = ['', `  ${accent('╱╱')} ${bold('Countersign')} ${dim(`ready in ${seconds.toFixed(1)} s`)}`, '']
  lines.push(...links(publicUrl.origin, demo, ports))
  if (demo) lines.push('', ...(await signIns()))
  process.stdout.write(`${lines.join('\n')}\n\n`)
}

function links(origin: string, demo: boolean, ports: { oneWay: number; twoWay: number } | null): string[] {
  const rows: [string, string][] = [
    ['Portal', `${origin}/`],
    ['Wallet', `${origin}/wallet`],
  ]
  if (demo && env().smtpUrl === null) rows.push(['Mailbox', `${origin}/dev/mailbox`])
  if (ports && demo) {
    rows.push(['HTTPS', `https://localhost:${ports.oneWay}/`])
    rows.push(['mTLS', `https://localhost:${ports.twoWay}/ ${dim('(a client certificate is required)')}`])
    if (env().tlsCertFile === null) rows.push(['CA', path.join(env().dataDir, 'tls', 'ca.pem')])
  }
  return rows.map(([name, url]) => `  ${name.padEnd(10)}${url}`)
}

async function signIns(): Promise<string[]> {
  const file = path.join(env().dataDir, 'demo.json')
  const { people } = JSON.parse(await readFile(file, 'utf8')) as DemoFile
  const widest = Math.max(...people.map(({ email }) => email.length))
  return [
    `  ${bold('Demo sign-ins')} ${dim('(test data; one-time codes arrive in the mailbox)')}`,
    ...people.map(({ email, password }) => `  ${email.padEnd(widest + 2)}${dim(password)}`),
  ]
}
