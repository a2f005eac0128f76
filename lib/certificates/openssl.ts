import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Gate } from '@/lib/core/gate'
import { SECOND } from '@/lib/core/time'
import { encodePem } from './pem/base64'

const run = promisify(execFile)

const TIMEOUT_MS = 5 * SECOND
const MAX_OUTPUT = 64 * 1024
const AT_ONCE = 4
const WAITING = 16
// No settings of the machine: the same chain gets the same answer everywhere.
const ENVIRONMENT = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  NODE_ENV: process.env.NODE_ENV,
  LC_ALL: 'C',
  OPENSSL_CONF: '/dev/null',
}

export type SecondOpinion =
  | { says: 'accept' }
  | { says: 'refuse'; reason: string }
  | { says: 'nothing'; reason: string }
export type ChainToVerify = { leaf: Buffer; intermediates: Buffer[]; root: Buffer; at: Date }
export type AskOpenssl = (chain: ChainToVerify) => Promise<SecondOpinion>

/**
 * What `openssl verify` says of a chain under its strictest settings, for a TLS client. In a private directory that is gone
 * afterwards, without a shell, for five seconds at most, and in few processes at once. Never throws: who cannot be asked says
 * nothing.
 */
export async function askOpenssl(chain: ChainToVerify): Promise<SecondOpinion> {
  const opinion = await gate.run(() => verify(chain))
  return opinion ?? { says: 'nothing', reason: 'too many chains are being checked' }
}

const gate = new Gate(AT_ONCE, WAITING)

async function verify({ leaf, intermediates, root, at }: ChainToVerify): Promise<SecondOpinion> {
  let directory: string | undefined
  const file = (name: string) => path.join(directory ?? '', name)
  try {
    directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-chain-'))
    await Promise.all([
      writeFile(file('leaf.pem'), encodePem(leaf), { mode: 0o600 }),
      writeFile(file('untrusted.pem'), intermediates.map(encodePem).join(''), { mode: 0o600 }),
      writeFile(file('root.pem'), encodePem(root), { mode: 0o600 }),
    ])
    const args = ['verify', '-x509_strict', '-auth_level', '2', '-purpose', 'sslclient']
    args.push('-no-CAfile', '-no-CApath', '-no-CAstore', '-attime', String(Math.floor(at.getTime() / SECOND)))
    args.push('-trusted', file('root.pem'))
    if (intermediates.length > 0) args.push('-untrusted', file('untrusted.pem'))
    const limits = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL' as const, maxBuffer: MAX_OUTPUT }
    await run('openssl', [...args, file('leaf.pem')], { ...limits, env: ENVIRONMENT })
    return { says: 'accept' }
  } catch (error) {
    return interpret(error as Failure)
  } finally {
    if (directory) await rm(directory, { recursive: true, force: true })
  }
}

/** Whether there is an openssl program here; without one no chain is accepted without review. */
export async function hasOpenssl(): Promise<boolean> {
  try {
    await run('openssl', ['version'], { timeout: TIMEOUT_MS, env: ENVIRONMENT })
    return true
  } catch {
    return false
  }
}

type Failure = Error & { code?: number | string; killed?: boolean; stderr?: string }

/** The reason alone: subjects that OpenSSL repeats are text of strangers. */
function interpret({ code, killed, stderr = '' }: Failure): SecondOpinion {
  if (killed) return { says: 'nothing', reason: 'it did not answer in time' }
  if (typeof code !== 'number')
    return { says: 'nothing', reason: code === 'ENOENT' ? 'there is no such program' : 'it could not be started' }
  const [, number, depth, reason] = /^error (\d+) at (\d+) depth lookup: ?([ -~]{1,200})$/m.exec(stderr) ?? []
  if (!reason) return { says: 'refuse', reason: 'it cannot read the chain' }
  return { says: 'refuse', reason: `${reason} (error ${number} at depth ${depth})` }
}
