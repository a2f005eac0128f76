/**
 * Which of several notices before an end is due: the nearest whose moment has come, however many were missed while nobody
 * was there to send them. Null before the first, and once the end has passed.
 */
export function nearestThreshold(
  end: { endsAt: Date; now: Date; unitMs: number },
  thresholds: readonly number[],
): number | null {
  const leftMs = end.endsAt.getTime() - end.now.getTime()
  if (leftMs <= 0) return null
  const reached = thresholds.filter((threshold) => leftMs <= threshold * end.unitMs)
  return reached.length === 0 ? null : Math.min(...reached)
}
