import { type Anchor, checkChain, toWireReport } from '@/lib/certificates/check-chain'
import { FINDINGS } from '@/lib/certificates/finding-codes'
import { readAnchors } from '@/lib/certificates/read-anchors'
import { MAX_BYTES, type WireReport } from '@/lib/certificates/schema'
import { isDomainError } from '@/lib/core/errors'
import type { Given } from './cli-commands'
import { readAtMost } from './read-at-most'
import { readDate } from './read-date'
import { UsageError } from './usage-error'

const MAX_ANCHOR_BYTES = 4 * 1024 * 1024

/**
 * `certificate check`: the report of each file, offline. A file that cannot be read is a report like any other, so that the
 * lines answer the files one by one; an anchor or a date that cannot be read is a mistake in the command. @throws UsageError
 */
export async function checkFiles({ operands, options, lists }: Given): Promise<WireReport[]> {
  const at = options.at === undefined ? new Date() : readDate('certificate check: --at', options.at)
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

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a directory'
  return code === 'EACCES' ? 'permission is denied' : (code ?? (error as Error).message)
}
