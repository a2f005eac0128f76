import { findingAt } from '../finding'
import type { Finding } from '../schema'

/** A block of certificate as it stands in the file: its base64, unread. */
export type Block = { index: number; lines: [number, number]; base64: string }

const CERTIFICATE_LABELS = ['CERTIFICATE', 'X509 CERTIFICATE', 'X.509 CERTIFICATE', 'TRUSTED CERTIFICATE']
const EXACT = /^-----(BEGIN|END) ([^-]*(?:-[^-]+)*)-----\s*$/
// What was meant as a boundary: any case, any dashes, anything in front. No two parts can take the same character, so that
// a line is walked once.
const MEANT = /[-–—]{2}\s*(BEGIN|END)\s+/gi
const LABEL = /^[A-Z0-9.\s]*/i
const DASH = /[-–—]/
const HEADER = /^[A-Za-z][A-Za-z0-9-]*:\s/

type Boundary = { kind: 'BEGIN' | 'END'; label: string; exact: boolean; before: string; after: string }
type Open = {
  label: string
  from: number
  base64: string
  isCertificate: boolean
  hasHeaders: boolean
  isWhole: boolean
  /** How many findings there were before it. */
  since: number
}

/**
 * Walks a text line by line (RFC 7468 §2, §3). What a careful reader can still make out is read on, so that one report names
 * everything: a block whose boundary is not exact is a finding and a block. The walk ends after `most` certificates, with
 * `hasMore` where another one begins.
 */
export function readBlocks(
  text: string,
  most = Number.POSITIVE_INFINITY,
): { blocks: Block[]; findings: Finding[]; hasMore: boolean } {
  const blocks: Block[] = []
  const findings: Finding[] = []
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)
  let open: Open | null = null
  let count = 0

  function close(block: Open, last: number): void {
    if (!block.isCertificate) return
    const index = count
    count += 1
    blocks.push({ index, lines: [block.from, last], base64: block.base64 })
    const own = findings
      .slice(block.since)
      .filter((entry) => entry.certificate === null && entry.lines?.[0] === block.from)
    for (const entry of own) entry.certificate = index
  }

  for (const [position, line] of lines.entries()) {
    const number = position + 1
    const boundary = readBoundary(line)
    if (!boundary) {
      if (open) addLine(open, line, number, findings)
      continue
    }
    const since = findings.length
    if (!boundary.exact) findings.push(describeInexact(boundary, number))
    if (boundary.kind === 'BEGIN') {
      if (open) {
        findings.push(beginInside(open, number))
        close(open, number - 1)
      }
      open = begin(boundary, number, findings, since)
      if (open.isCertificate && count >= most) return { blocks, findings, hasMore: true }
      if (open.isWhole) {
        close(open, number)
        open = null
      }
    } else if (open) {
      const message = `Line ${number} ends “${boundary.label}”, but line ${open.from} began “${open.label}”.`
      if (boundary.label !== open.label) findings.push(findingAt('end-unmatched', [open.from, number], message))
      if (!open.isCertificate) findings.push(foreign(open, number))
      close(open, number)
      open = null
    } else {
      findings.push(findingAt('end-unmatched', [number, number], `Line ${number} ends a block that never began.`))
    }
  }
  if (open) {
    const message = `The block that begins on line ${open.from} is never ended.`
    findings.push(findingAt('end-missing', [open.from, lines.length], message))
    if (!open.isCertificate) findings.push(foreign(open, lines.length))
    close(open, lines.length)
  }
  return { blocks, findings, hasMore: false }
}

// A boundary is judged by the beginning of its line, so that a long line costs no more than a short one.
const LONGEST_BOUNDARY = 160

function readBoundary(line: string): Boundary | null {
  const head = line.slice(0, LONGEST_BOUNDARY)
  const exact = head.length === line.length && EXACT.exec(line)
  if (exact) return { kind: exact[1] as Boundary['kind'], label: exact[2] ?? '', exact: true, before: '', after: '' }
  for (const { 0: opening, 1: kind = '', index } of head.matchAll(MEANT)) {
    const start = index + opening.length
    const label = LABEL.exec(head.slice(start))?.[0] ?? ''
    const name = label.trim().toUpperCase().replace(/\s+/g, ' ')
    let end = start + label.length
    if (name.length < 3 || name.length > 40 || !isDash(head, end) || !isDash(head, end + 1)) continue
    while (isDash(head, end)) end += 1
    let first = index
    while (first > 0 && isDash(head, first - 1)) first -= 1
    const after = head.slice(end) + line.slice(LONGEST_BOUNDARY)
    return {
      kind: kind.toUpperCase() as Boundary['kind'],
      label: name,
      exact: false,
      before: head.slice(0, first),
      after,
    }
  }
  return null
}

function isDash(text: string, position: number): boolean {
  return DASH.test(text.charAt(position))
}

function describeInexact({ kind, label, before, after }: Boundary, number: number): Finding {
  const wanted = `-----${kind} ${label}-----`
  if (kind === 'BEGIN' && after.replace(/-/g, '').trim().length > 16) {
    return findingAt('pem-one-line', [number, number], `Line ${number} holds a BEGIN line and more.`)
  }
  const indented = before !== '' && before.trim() === ''
  const reason = indented ? 'is indented' : 'is not exact'
  const message = `Line ${number} ${reason}: expected ${wanted} alone on the line, from its first column.`
  return findingAt('boundary-malformed', [number, number], message, `Write exactly ${wanted}.`)
}

function begin({ label, exact, after }: Boundary, number: number, findings: Finding[], since: number): Open {
  const isCertificate = CERTIFICATE_LABELS.includes(label)
  if (label === 'TRUSTED CERTIFICATE') {
    const message = `The block on line ${number} is a TRUSTED CERTIFICATE: a certificate with local settings after it.`
    findings.push(findingAt('label-trusted', [number, number], message))
  } else if (isCertificate && label !== 'CERTIFICATE') {
    findings.push(findingAt('label-deprecated', [number, number], `The block on line ${number} is labeled ${label}.`))
  }
  // What shares the line with its boundary, up to an END on the same line.
  const [shared = '', ...others] = exact ? [] : after.split(/[-–—]{2,}/)
  const isWhole = others.some((part) => /^\s*END\b/i.test(part))
  return { label, from: number, base64: shared.replace(/\s+/g, ''), isCertificate, hasHeaders: false, isWhole, since }
}

function addLine(open: Open, line: string, number: number, findings: Finding[]): void {
  if (HEADER.test(line)) {
    if (!open.hasHeaders && open.isCertificate) {
      const message = `Line ${number} is a header; a certificate block holds base64 alone.`
      findings.push(findingAt('pem-headers', [open.from, number], message))
    }
    open.hasHeaders = true
    return
  }
  open.base64 += line.replace(/[ \t]+/g, '')
}

function beginInside(open: Open, number: number): Finding {
  const message = `Line ${number} begins a block, but the one that begins on line ${open.from} has not ended.`
  return findingAt('begin-inside-block', [open.from, number], message)
}

function foreign(open: Open, last: number): Finding {
  const label = open.label.slice(0, 40)
  return findingAt(
    'block-foreign',
    [open.from, last],
    `The block on line ${open.from} is a ${label}, not a certificate.`,
  )
}
