// How `npm test` ends. Whatever happened, the last line is `N passed, N failed`.

const SECONDS_MEANT = 600

/** @param {{ passed: number, failed: number }[]} results @param {string[]} reasons @param {number} seconds */
export function summaryOf(results, reasons, seconds) {
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, 0) + reasons.length
  const lines = [...reasons.map((reason) => `FAILED  ${reason}`), `${Math.round(seconds)} s`]
  if (seconds > SECONDS_MEANT) {
    lines.push(`This took longer than the ten minutes that the whole run is meant to take on two cores.`)
  }
  return { text: `\n${lines.join('\n')}\n${passed} passed, ${failed} failed\n`, ok: failed === 0 }
}
