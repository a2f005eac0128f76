/** What was asked on the command line is not understood: ends with 2 and the help. */
export class UsageError extends Error {
  override name = 'UsageError'
}
