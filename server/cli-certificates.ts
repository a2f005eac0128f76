import { open } from 'node:fs/promises'
import { type Anchor, checkChain, toWireReport } from '@/lib/certificates/check-chain'
import { FINDINGS } from '@/lib/certificates/finding-codes'
import { readAnchors } from '@/lib/certificates/read-anchors'
import { MAX_BYTES, type WireReport } from '@/lib/certificates/schema'
import { isDomainError } from '@/lib/core/errors'
import type { Given } from './cli-commands'
import { UsageError } from './usage-error'

const MAX_ANCHOR_BYTES = 4 * 1024 * 1024

/**
 * `certificate check`: the report of each file, offline. A file that cannot be read is a report like any other, so that the
 * lines answer the files one by one; an anchor or a date that cannot be read is a mistake in the command. @throws UsageError
 */
export async function checkFiles({ operands, options, lists }: Given): Promise<WireReport[]> {
  const at = options.at === undefined ? new Date() : readDate(options.at)
  const anchors = (await Promise.all((lists.anchor ?? []).map(readAnchorFile))).flat()
  const reports: WireReport[] = []
  for (const file of operands) reports.push(await checkFile(file, anchors, at))
  return reports
}

async function checkFile(file: string, anchors: Anchor[], at: Date): Promise<WireReport> {
  let bytes: Buffer
  try {
    bytes = await readAtMost(file, MAX_BYTES)
  } catch (error) {
    const code = 'file-unreadable'
    const { severity, fix } = FINDINGS[code]
    const message = `The file cannot be read: ${reasonOf(error)}.`
    return { file, verdict: 'reject', findings: [{ code, severity, certificate: null, lines: null, message, fix }] }
  }
  const { report } = await checkChain({ bytes, anchors, at })
  return toWireReport(file, report)
}

async function readAnchorFile(file: string): Promise<Anchor[]> {
  try {
    return readAnchors(await readAtMost(file, MAX_ANCHOR_BYTES))
  } catch (error) {
    const reason = isDomainError(error) ? error.message : `${reasonOf(error)}.`
    throw new UsageError(`certificate check: --anchor ${file} cannot be used: ${reason}`, { cause: error })
  }
}

/** One byte more than the limit at most, whatever the size of the file says. */
async function readAtMost(file: string, limit: number): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const chunks: Buffer[] = []
    for await (const chunk of handle.createReadStream({ end: limit, autoClose: false })) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  } finally {
    await handle.close()
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a directory'
  return code === 'EACCES' ? 'permission is denied' : (code ?? (error as Error).message)
}

const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** ISO 8601; a day alone is its first moment, and a time without a zone is UTC. @throws UsageError */
function readDate(text: string): Date {
  const match = DATE.exec(text)
  const moment = new Date(match && text.length > 10 && !match[1] ? `${text}Z` : text)
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`)
  const exists = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10))
  if (!match || Number.isNaN(moment.getTime()) || !exists) {
    throw new UsageError(`certificate check: --at ${text} is not a date; expected 2026-11-24 or 2026-11-24T12:00:00Z.`)
  }
  return moment
}
