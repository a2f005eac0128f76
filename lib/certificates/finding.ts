import { FINDINGS, type FindingCode } from './finding-codes'
import type { Finding } from './schema'

type Place = { index: number; lines: [number, number] | null }

/** A finding with the severity and, unless given, the fix of its code. */
export function finding(code: FindingCode, place: Place | null, message: string, fix?: string): Finding {
  const definition = FINDINGS[code]
  return {
    code,
    severity: definition.severity,
    certificate: place?.index ?? null,
    lines: place?.lines ?? null,
    message,
    fix: fix ?? definition.fix,
  }
}

/** A finding about a place in the text that belongs to no certificate. */
export function findingAt(code: FindingCode, lines: [number, number] | null, message: string, fix?: string): Finding {
  return { ...finding(code, null, message, fix), lines }
}
