/** Says which check of a client failed, for the log; the client is told no more than that it is not authenticated. */
export class ClientRefused extends Error {
  override name = 'ClientRefused'
}
