import { randomBytes } from 'node:crypto'
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
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
 * Takes the lock of a DATA_DIR: the file `lock.<n>.json` with the highest number is in force. One whose process has ended, or
 * whose process id now belongs to another process, is followed by the next number. Of several takers one wins, because the
 * file appears by `link`, which fails where the name exists; and a taker that looked long ago cannot remove the lock of a
 * later one, because the highest number is never removed, not even by who gives it back.
 * @throws DataDirectoryInUseError
 */
export async function lockDataDirectory(
  directory: string,
  purpose: LockHolder['purpose'],
): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true })
  const mine: LockHolder = { pid: process.pid, startedAt: await startOf(process.pid), purpose }
  const draft = path.join(directory, `lock.draft.${process.pid}.${randomBytes(4).toString('hex')}`)
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      const highest = await highestLock(directory)
      const holder = await holderOf(directory, highest)
      if (holder) throw new DataDirectoryInUseError(directory, holder)
      if (await take(draft, directory, highest + 1)) return () => giveBack(directory, highest + 1)
    }
    throw new Error(`${directory} cannot be locked: other processes keep taking it`)
  } finally {
    await rm(draft, { force: true })
  }
}

/** Who holds the directory now; null when nobody that is alive does. */
export async function lockHolder(directory: string): Promise<LockHolder | null> {
  return holderOf(directory, await highestLock(directory))
}

function lockFile(directory: string, number: number): string {
  return path.join(directory, `lock.${number}.json`)
}

async function highestLock(directory: string): Promise<number> {
  return Math.max(0, ...(await lockNumbers(directory)))
}

async function lockNumbers(directory: string): Promise<number[]> {
  const names = await readdir(directory).catch((): string[] => []) // not there yet
  return names.map((name) => Number(/^lock\.(\d{1,15})\.json$/.exec(name)?.[1] ?? 0))
}

async function take(draft: string, directory: string, number: number): Promise<boolean> {
  try {
    await link(draft, lockFile(directory, number))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  const numbers = await lockNumbers(directory)
  // The number was free because a later holder has tidied up below its own.
  const isLate = numbers.some((other) => other > number)
  for (const old of isLate ? [number] : numbers.filter((other) => other > 0 && other < number)) {
    await rm(lockFile(directory, old), { force: true })
  }
  return !isLate
}

/** Leaves the file, with nobody in it: its number must not come again. */
async function giveBack(directory: string, number: number): Promise<void> {
  const draft = path.join(directory, `lock.draft.${process.pid}.${randomBytes(4).toString('hex')}`)
  await writeFile(draft, '{}', { mode: 0o600 })
  await rename(draft, lockFile(directory, number))
}

async function holderOf(directory: string, number: number): Promise<LockHolder | null> {
  if (number === 0) return null
  let holder: Partial<LockHolder>
  try {
    holder = JSON.parse(await readFile(lockFile(directory, number), 'utf8')) as Partial<LockHolder>
  } catch {
    return null // followed by a higher number meanwhile; a lock is never half written
  }
  const { pid = 0, startedAt = '', purpose = 'server' } = holder
  const alive = pid > 0 && startedAt !== '' && (await startOf(pid)) === startedAt
  return alive ? { pid, startedAt, purpose } : null
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
