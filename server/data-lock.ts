import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Who holds a DATA_DIR: one server, or one command of the CLI, at a time. */
export type LockHolder = { pid: number; startedAt: string; purpose: 'server' | 'command' }

export class DataDirectoryInUseError extends Error {
  override name = 'DataDirectoryInUseError'
  readonly holder: LockHolder
  constructor(directory: string, holder: LockHolder) {
    super(
      `${directory} is in use by another Countersign (process ${holder.pid}, a ${holder.purpose}).\n` +
        'Stop that one first, or give this one its own DATA_DIR and ports.',
    )
    this.holder = holder
  }
}

/**
 * Takes the lock file of a DATA_DIR. A lock whose process has ended, or whose process id now belongs to another process, is
 * taken over. Of several takers one wins: the file appears by `link`, which fails where the name exists.
 * @throws DataDirectoryInUseError
 */
export async function lockDataDirectory(
  directory: string,
  purpose: LockHolder['purpose'],
): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true })
  const file = path.join(directory, 'lock.json')
  const mine: LockHolder = { pid: process.pid, startedAt: await startOf(process.pid), purpose }
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        await link(draft, file)
        return async () => {
          await rm(file, { force: true })
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const holder = await lockHolder(directory)
      if (holder) throw new DataDirectoryInUseError(directory, holder)
      await rm(file, { force: true })
    }
    throw new Error(`${file} cannot be taken: other processes keep taking it`)
  } finally {
    await unlink(draft)
  }
}

/** Who holds the directory now; null when nobody that is alive does. */
export async function lockHolder(directory: string): Promise<LockHolder | null> {
  let holder: LockHolder
  try {
    holder = JSON.parse(await readFile(path.join(directory, 'lock.json'), 'utf8')) as LockHolder
  } catch {
    return null // no lock, or one that was half written when its process was killed
  }
  const alive = holder.pid > 0 && (await startOf(holder.pid)) === holder.startedAt && holder.startedAt !== ''
  return alive ? holder : null
}

/** Start time of a process, so that a recycled process id is not taken for the holder. Empty when there is none. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return startWithoutProc(pid)
  }
}

function startWithoutProc(pid: number): string {
  if (process.platform === 'linux') return ''
  try {
    process.kill(pid, 0)
    return 'running'
  } catch {
    return ''
  }
}
