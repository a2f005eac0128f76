import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'
import { addDays } from '@/lib/core/time'

const run = promisify(execFile)

/** A real CA of the openssl program, in a directory that is gone with the test file. */
export async function anOpensslAuthority(crlUrl: string, ocspUrl: string | null) {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-ca-'))
  const running: ChildProcess[] = []
  afterAll(async () => {
    for (const child of running) child.kill()
    await rm(directory, { recursive: true, force: true })
  })
  const openssl = (...args: string[]) =>
    run('openssl', args, { cwd: directory, env: { ...process.env, OPENSSL_CONF: 'ca.cnf' } })
  const read = (file: string) => readFile(path.join(directory, file), 'utf8')
  await writeFile(path.join(directory, 'ca.cnf'), configuration(crlUrl, ocspUrl))
  await writeFile(path.join(directory, 'index.txt'), '')
  await writeFile(path.join(directory, 'serial'), '1000')
  await writeFile(path.join(directory, 'crlnumber'), '01')
  const mark = path.basename(directory)
  await key('root')
  await key('issuing')
  await openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    'root.key',
    '-subj',
    `/O=Test/CN=Root ${mark}`,
    '-days',
    '900',
    '-extensions',
    'authority',
    '-out',
    'root.pem',
  )
  await openssl('req', '-new', '-key', 'issuing.key', '-subj', `/O=Test/CN=Issuing ${mark}`, '-out', 'issuing.csr')
  await openssl(
    'x509',
    '-req',
    '-in',
    'issuing.csr',
    '-CA',
    'root.pem',
    '-CAkey',
    'root.key',
    '-days',
    '800',
    '-set_serial',
    '2',
    '-extfile',
    'ca.cnf',
    '-extensions',
    'issuing',
    '-out',
    'issuing.pem',
  )

  return { issue, revoke, crl, respond, root: () => read('root.pem') }

  async function key(name: string): Promise<void> {
    await openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${name}.key`)
  }

  /** PEM of leaf, intermediate and root. */
  async function issue(name: string, extensions = 'client'): Promise<string> {
    await key(name)
    await openssl('req', '-new', '-key', `${name}.key`, '-subj', `/O=Test/CN=${name}`, '-out', `${name}.csr`)
    await openssl(
      'ca',
      '-batch',
      '-notext',
      '-in',
      `${name}.csr`,
      '-extensions',
      extensions,
      '-startdate',
      yesterday(),
      '-days',
      '400',
      '-out',
      `${name}.pem`,
    )
    return (await read(`${name}.pem`)) + (await read('issuing.pem')) + (await read('root.pem'))
  }

  async function revoke(name: string, reason = 'keyCompromise'): Promise<void> {
    await openssl('ca', '-revoke', `${name}.pem`, '-crl_reason', reason)
  }

  /** The present list, as DER. */
  async function crl(): Promise<Buffer> {
    await openssl('ca', '-gencrl', '-crldays', '2', '-out', 'list.pem')
    await openssl('crl', '-in', 'list.pem', '-outform', 'DER', '-out', 'list.crl')
    return readFile(path.join(directory, 'list.crl'))
  }

  /** `openssl ocsp` with the state of this moment, on that port; `signer` is a certificate issued before. */
  async function respond(port: number, signer: string): Promise<void> {
    for (const child of running.splice(0)) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill()
      await ended
    }
    const args = ['ocsp', '-port', String(port), '-index', 'index.txt', '-CA', 'issuing.pem', '-ndays', '1']
    const child = spawn('openssl', [...args, '-rsigner', `${signer}.pem`, '-rkey', `${signer}.key`], { cwd: directory })
    running.push(child)
    await new Promise<void>((resolve) => {
      const listen = (text: Buffer) => text.includes('waiting for OCSP client connections') && resolve()
      child.stdout?.on('data', listen)
      child.stderr?.on('data', listen)
    })
  }
}

/** A port that nobody listens on at this moment. */
export async function aFreePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The clock of a test may have been read before its certificate is made. */
function yesterday(): string {
  return `${addDays(new Date(), -1)
    .toISOString()
    .replace(/[-:T]|\..*/g, '')}Z`
}

function configuration(crlUrl: string, ocspUrl: string | null): string {
  return `
[ca]
default_ca = here
[here]
database = index.txt
new_certs_dir = .
serial = serial
crlnumber = crlnumber
certificate = issuing.pem
private_key = issuing.key
default_md = sha256
policy = any
crl_extensions = list
unique_subject = no
[any]
organizationName = optional
commonName = supplied
[list]
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[issuing]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
crlDistributionPoints = URI:${crlUrl}
${ocspUrl ? `authorityInfoAccess = OCSP;URI:${ocspUrl}` : ''}
[responder]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`
}
