import type { Overlap } from '@/lib/credentials/schema'

const WORDS: Record<Overlap, { label: string; description: string }> = {
  '0': { label: 'No overlap', description: 'Whatever uses what is replaced is refused from its next call on.' },
  '1h': { label: '1 hour', description: 'For one program that you can restart now.' },
  '24h': { label: '24 hours', description: 'For a deployment that goes out today.' },
  '7d': { label: '7 days', description: 'The usual choice: time to find every place that uses it.' },
  '30d': { label: '30 days', description: 'For partners who deploy rarely.' },
}

/** Cards to choose an overlap from; for a later end, those that are not over at once. */
export function overlapOptions(overlaps: readonly Overlap[]) {
  return overlaps.map((value) => ({ value, ...WORDS[value] }))
}
